from src.db import table


def handler(event, context):
    return table
