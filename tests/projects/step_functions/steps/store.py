import boto3


def load(event):
    return event
