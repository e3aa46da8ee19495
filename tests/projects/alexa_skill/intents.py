class Launch:
    def can_handle(self, handler_input):
        return True
