import json
import os

from orders import total

CURRENCY = os.environ.get("CURRENCY", "EUR")


def lambda_handler(event, context):
    order = json.loads(event.get("body") or "{}")
    amount = total(order.get("lines", []))
    return {"statusCode": 200, "body": json.dumps({"total": amount, "currency": CURRENCY})}
