from shared import names
