import helpers


def lambda_handler(event, context):
    return helpers.answer(event)
