"""What a function logs, in AWS's text format."""

from __future__ import annotations

import logging

from .messages import Output


class LambdaLogFormatter(logging.Formatter):
    """AWS's text format of log records; times are UTC."""

    def __init__(self) -> None:
        super().__init__(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )


class LambdaLogHandler(logging.Handler):
    """Sends the root logger's records to the function's log, each with its request id."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self.output = output
        self.request_id = ""
        self.setFormatter(LambdaLogFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            record.aws_request_id = self.request_id
            self.output.write_record(self.format(record))
        except Exception:  # noqa: BLE001 - logging's own contract: a bad record is reported, not raised
            self.handleError(record)
