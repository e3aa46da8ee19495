import shop
from shop.prices import price_of


def handler(event: dict, context: object) -> dict:
    return {"version": shop.__version__, "price": price_of(event.get("item", "tea"))}
