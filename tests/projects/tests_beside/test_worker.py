from worker import handler
