"""Converts prices with the exchange rates of the day."""

import os
from decimal import Decimal
from typing import Any

import requests
from pydantic import BaseModel, Field


class Price(BaseModel):
    amount: Decimal = Field(gt=0)
    currency: str = Field(pattern="^[A-Z]{3}$")
    wanted: str = Field(pattern="^[A-Z]{3}$")


class Rates(BaseModel):
    base: str
    rates: dict[str, Decimal]


def convert(price: Price, rates: Rates) -> Decimal:
    in_base = price.amount if price.currency == rates.base else price.amount / rates.rates[price.currency]
    converted = in_base if price.wanted == rates.base else in_base * rates.rates[price.wanted]
    return converted.quantize(Decimal("0.01"))


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    price = Price.model_validate(event)
    answer = requests.get(os.environ["RATES_URL"], timeout=5)
    answer.raise_for_status()
    amount = convert(price, Rates.model_validate(answer.json()))
    return {"amount": str(amount), "currency": price.wanted}
