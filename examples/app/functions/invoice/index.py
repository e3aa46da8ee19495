"""Adds up an order."""

from decimal import Decimal
from typing import Any

VAT = Decimal("0.19")


def total(lines: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    net = total(event["lines"])
    vat = (net * VAT).quantize(Decimal("0.01"))
    return {"net": str(net), "vat": str(vat), "total": str(net + vat)}
