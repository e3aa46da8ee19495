from shop.main import handler
