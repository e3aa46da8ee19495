import requests


def handler(event, context):
    return {'ok': True}
