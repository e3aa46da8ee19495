from app.main import handler
