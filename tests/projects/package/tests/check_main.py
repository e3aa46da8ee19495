from app.main import handler

assert handler({"id": 1}, None)["stored"]
