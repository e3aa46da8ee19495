from functions.shared.db import connect


def hello(event, context):
    return connect()
