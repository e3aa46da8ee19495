from src import names
