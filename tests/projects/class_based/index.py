class Orders:
    def __call__(self, event, context):
        return event

    @classmethod
    def get_handler(cls):
        return cls()


handler = Orders.get_handler()
