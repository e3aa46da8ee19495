import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client as handler

try:
    import rapidjson as json
except ImportError:
    import json

if os.environ.get("STAGE") == "local":

    def handler(event, context):
        return {"stage": "local", "event": json.dumps(event)}

else:

    def handler(event, context):
        return {"stage": "cloud", "event": json.dumps(event)}
