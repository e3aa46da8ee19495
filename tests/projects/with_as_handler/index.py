import json
import pathlib

with open(pathlib.Path(__file__).with_name('settings.json')) as handler:
    SETTINGS = json.load(handler)


def lambda_handler(event, context):
    return {'statusCode': 200}
