import db


def handler(event, context):
    return db.table
