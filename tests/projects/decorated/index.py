import functools


def event_only(function):
    @functools.wraps(function)
    def called(event, context):
        return function(event)

    return called


@event_only
def handler(event):
    return {"echo": event}
