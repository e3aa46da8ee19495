handler = {}


def on(name):
    def register(function):
        handler[name] = function
        return function

    return register


@on('created')
def created(event):
    return event


def main(event, context):
    return handler['created'](event)
