from shop import orders


def handler(event, context):
    return orders.all()
