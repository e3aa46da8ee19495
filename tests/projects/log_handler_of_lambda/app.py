import logging

logging.basicConfig()
logger = logging.getLogger()
handler = logger.handlers[0]
handler.setFormatter(logging.Formatter('%(levelname)s %(message)s'))


def lambda_handler(event, context):
    return {'statusCode': 200}
