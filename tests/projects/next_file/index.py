import logging

for handler in logging.getLogger().handlers:
    handler.setLevel(logging.INFO)
