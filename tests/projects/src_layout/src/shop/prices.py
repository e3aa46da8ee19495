from . import __version__

PRICES = {"tea": 4.5, "coffee": 7.0}


def price_of(item: str) -> float:
    return PRICES[item] if __version__ else 0.0
