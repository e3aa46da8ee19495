from src.app import handler
