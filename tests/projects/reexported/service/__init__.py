from service.api import handle as handler

__all__ = ["handler"]
