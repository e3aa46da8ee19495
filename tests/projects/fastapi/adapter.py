class Adapter:
    """Calls an ASGI application with what API Gateway sends."""

    def __init__(self, app, lifespan="auto"):
        self.app = app
        self.lifespan = lifespan

    def __call__(self, event, context):
        return {"statusCode": 200, "body": self.app.title}
