from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from routers import orders

app = APIGatewayRestResolver()
app.include_router(orders.router)


def lambda_handler(event, context):
    return app.resolve(event, context)
