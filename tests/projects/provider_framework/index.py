def on_event(event, context):
    return {}


def is_complete(event, context):
    return {'IsComplete': True}
