from aws_lambda_powertools.utilities.batch import BatchProcessor, process_partial_response

processor = BatchProcessor()


def record_handler(record):
    return record


def handler(event, context):
    return process_partial_response(event, record_handler, processor, context)
