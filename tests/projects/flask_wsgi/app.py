import serverless_wsgi
from flask import Flask

app = Flask(__name__)


def handler(event, context):
    return serverless_wsgi.handle_request(app, event, context)
