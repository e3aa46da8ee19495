from aws_cdk import App

from stack import ApiStack

ApiStack(App(), "Api")
