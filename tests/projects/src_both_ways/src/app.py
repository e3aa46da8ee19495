import os
import sys

sys.path.append(os.path.dirname(__file__))

import util
from src.util import answer


def handler(event, context):
    return answer, util.answer
