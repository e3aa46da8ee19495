import logging

import watchtower

logger = logging.getLogger()
handler = watchtower.CloudWatchLogHandler()
logger.addHandler(handler)


def lambda_handler(event, context):
    return {'statusCode': 200}
