import idna


def lambda_handler(event, context):
    return {"host": idna.encode(event.get("host", "example.org")).decode()}
