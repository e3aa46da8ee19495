def total(event):
    return 0
