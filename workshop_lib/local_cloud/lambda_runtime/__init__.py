"""AWS Lambda's data plane: functions run for real, in processes of their own."""

from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult
from workshop_lib.local_cloud.lambda_runtime.runtime import LambdaRuntime

__all__ = ["InvocationResult", "LambdaRuntime"]
