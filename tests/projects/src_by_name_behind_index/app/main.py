from src.util import answer


def handler(event, context):
    return answer()
