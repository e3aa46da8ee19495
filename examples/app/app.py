"""A small shop's functions: one of every kind that the library makes.

``cdk synth`` builds them without a container. ``cdk synth -c strategy=docker`` builds each in one.
"""

from pathlib import Path

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from python_function import BundlingOptions, CommandHooks, PythonFunction, PythonLayerVersion

HERE = Path(__file__).parent
RATES_URL = "https://example.com/rates.json"


class Shop(Stack):
    """Functions that share a stack, and next to nothing else."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        strategy = self.node.try_get_context("strategy")
        default = BundlingOptions(strategy=strategy or "auto")

        # No dependencies: nothing is installed and nothing is started.
        PythonFunction(self, "Redirect", entry=HERE / "functions/redirect", bundling=default)

        # Dependencies from requirements.txt, for x86_64.
        PythonFunction(
            self,
            "Rates",
            entry=HERE / "functions/rates",
            runtime=lambda_.Runtime.PYTHON_3_13,
            timeout=Duration.seconds(10),
            environment={"RATES_URL": RATES_URL},
            bundling=default,
        )

        # The same code with the wheels of the other architecture.
        PythonFunction(
            self,
            "RatesOnArm",
            entry=HERE / "functions/rates",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            timeout=Duration.seconds(10),
            environment={"RATES_URL": RATES_URL},
            bundling=default,
        )

        # A layer of code and dependencies, for two functions.
        clock = PythonLayerVersion(
            self,
            "Clock",
            entry=HERE / "layers/clock",
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            bundling=default,
        )
        for name in ("opening_hours", "closing_time"):
            PythonFunction(
                self,
                name,
                entry=HERE / "functions" / name,
                runtime=lambda_.Runtime.PYTHON_3_13,
                layers=[clock],
                bundling=default,
            )

        # The events that it is tried out with stay at home.
        PythonFunction(
            self,
            "Invoice",
            entry=HERE / "functions/invoice",
            bundling=BundlingOptions(asset_excludes=["samples"], strategy=strategy or "auto"),
        )

        # A file made while bundling, of one that is left out. Hooks need no container unless they need one.
        PythonFunction(
            self,
            "Postcodes",
            entry=HERE / "functions/postcodes",
            bundling=BundlingOptions(
                command_hooks=CommandHooks(before_bundling="python3 make_table.py"),
                asset_excludes=["make_table.py", "*.csv"],
                strategy=strategy or "local",
            ),
        )


if __name__ == "__main__":
    app = App()
    Shop(app, "Shop")
    app.synth()
