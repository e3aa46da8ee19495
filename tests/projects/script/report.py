#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.12,<3.14"
# dependencies = [
#     "idna==3.10",
# ]
# ///
import sys

import idna


def handle(event, context):
    return {"hosts": [idna.encode(host).decode() for host in event.get("hosts", ())]}


if __name__ == "__main__":
    print(handle({"hosts": sys.argv[1:]}, None))
