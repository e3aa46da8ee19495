import asyncio
import functools


def awaited(function):
    @functools.wraps(function)
    def wrapper(event, context):
        return asyncio.run(function(event))

    return wrapper


@awaited
async def handler(event):
    return event
