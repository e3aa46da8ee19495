import logging

root = logging.getLogger()
for handler in root.handlers:
    root.removeHandler(handler)
logging.basicConfig(level=logging.INFO)


def lambda_handler(event, context):
    return {'statusCode': 200}
