"""Work for a fleet: a module of its own, for every process that does it loads it."""

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from encircle.errors import refusal

COUNT = 12
BAD, DEADLY, UNREADABLE = 3, 5, 7


def square(number):
    if number == BAD:
        raise refusal("three is no number", "Take another")
    if number == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def mild(number):
    """Work as `square` does, without ending its process."""
    return None if number == DEADLY else square(number)


def slow(number):
    time.sleep(0.3)
    return number, os.getpid()


def load(number):
    if number == UNREADABLE:
        raise OSError("no such file")
    return number


def wait_for_file(thing):
    """Give a number; the first not before a file is there, or ten seconds are over."""
    number, path = thing
    until = time.monotonic() + 10
    while number == 0 and not Path(path).exists():
        if time.monotonic() > until:
            return "nobody came"
        time.sleep(0.01)
    return number


def give_half(number):
    """Give a number; the process of the third is ended when half of its answer is written."""
    if number == 2:

        def write_half(self, raw):
            os.write(self.fileno(), bytes(raw)[: len(raw) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

        Connection._send = write_half  # noqa: SLF001 - nothing else writes for it
    return number
