def handle(event, context=None):
    return {"path": event.get("path", "/")}
