def __getattr__(name):
    if name == 'handler':
        return lambda event, context: None
    raise AttributeError(name)
