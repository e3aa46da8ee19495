def total(lines):
    return sum(line["price"] * line.get("quantity", 1) for line in lines)
