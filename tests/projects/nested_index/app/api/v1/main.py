from app.api import version


def handler(event, context):
    return {'ok': True}
