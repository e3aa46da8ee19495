def answer(event):
    return event
