from aws_cdk import Stack
from constructs import Construct
from python_function import PythonFunction


class ApiStack(Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        PythonFunction(self, "my_handler")
