# -*- coding: latin-1 -*-
NAME = 'ä'


def handler(event, context):
    return {'ok': True}
