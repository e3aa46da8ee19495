import logging

handler = logging.StreamHandler()
logger = logging.getLogger(__name__)
logger.addHandler(handler)


class Thumbnails:
    def __init__(self, sizes):
        self.sizes = sizes

    def __call__(self, event, context, *, dry_run=False):
        logger.debug("%d records", len(event.get("Records", ())))
        return {"sizes": self.sizes}


lambda_handler = Thumbnails(sizes=(64, 256))
