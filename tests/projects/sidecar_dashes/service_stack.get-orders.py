# /// script
# requires-python = '>=3.12,<3.13'
# dependencies = ['requests==2.32.3']
# ///
import requests


def lambda_handler(event, context):
    return {'statusCode': 200}
