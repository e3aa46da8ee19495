from steps.store import load


def check(event, context):
    return load(event)


def approve(event, context):
    return load(event)
