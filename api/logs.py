"""One JSON object a line; what was asked for stays out of it."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from typing import TextIO


class Lines:
    """Writes to a standard stream by its name, whatever stands behind it at the time."""

    def __init__(self, name: str) -> None:
        self._name = name

    def info(self, line: str) -> None:
        """Write one line."""
        stream: TextIO = getattr(sys, self._name)
        stream.write(f"{line}\n")
        stream.flush()

    error = info


def build_logger(stream: str = "stdout") -> structlog.stdlib.BoundLogger:
    """Build a logger that writes to `stdout` or `stderr`."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        Lines(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
    )
    return logger


def trace(error: BaseException) -> list[str]:
    """Tell where an error came from, without its message, which may quote what was asked."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
