from service import handler

__all__ = ["handler"]
