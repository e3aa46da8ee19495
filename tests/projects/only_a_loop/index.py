import logging

for handler in logging.getLogger().handlers:
    pass
