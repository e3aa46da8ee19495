import importlib
import os


def handler(event, context):
    module, _, name = os.environ['REAL_HANDLER'].rpartition('.')
    return getattr(importlib.import_module(module), name)(event, context)
