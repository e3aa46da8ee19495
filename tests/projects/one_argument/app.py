def handler(event):
    return event


def lambda_handler(event, context):
    return handler(event)
