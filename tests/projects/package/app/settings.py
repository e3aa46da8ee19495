from dataclasses import dataclass


@dataclass
class Settings:
    table: str = "events"
