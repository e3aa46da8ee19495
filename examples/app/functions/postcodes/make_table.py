"""Turns the table that people edit into the one that the function reads."""

import csv
import json
from pathlib import Path

with Path("postcodes.csv").open(encoding="utf-8", newline="") as file:
    table = {row["postcode"]: row["place"] for row in csv.DictReader(file)}

Path("postcodes.json").write_text(json.dumps(table, ensure_ascii=False, sort_keys=True), encoding="utf-8")
