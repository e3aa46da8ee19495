from app.settings import Settings


def store(settings: Settings, event):
    return {"table": settings.table, "stored": bool(event)}
