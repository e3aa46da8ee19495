from .settings import Settings
from .storage import store


def handler(event, context):
    return store(Settings(), event)
