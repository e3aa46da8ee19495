table = 'orders'
