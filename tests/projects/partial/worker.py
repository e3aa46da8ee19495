import functools


def run(event, context, *, table):
    return table


handler = functools.partial(run, table='orders')
