from lib import orders


def main(event, context):
    return orders.all()


def hello(event, context):
    return {}
