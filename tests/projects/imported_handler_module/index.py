import handler


def lambda_handler(event, context):
    return handler.handler(event)
