"""What the operator may choose, read once from the environment."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.store.publishing import Publication

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_MEMORY = "sqlite://"
PREFIX = "ENCIRCLE_"
HERE = Path(__file__).resolve().parent
"""This package: `api` in a checkout, `encircle_api` in a wheel."""
ROOT = HERE.parent
"""The folder that holds this package, and the library beside it."""


ORIGIN = r"\*|https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:\d{1,5})?"
"""Scheme, host and port, as a browser sends them (RFC 6454, 6.1)."""


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def _read_answer(text: str) -> bool:
    answers = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    try:
        return answers[text.lower()]
    except KeyError:
        raise ValueError(text) from None


QUOTA = Path("/sys/fs/cgroup/cpu.max")


def _count_cpus(quota: Path = QUOTA) -> int:
    """Count the processors this process may use: of the machine, its affinity and its cgroup."""
    affinity = getattr(os, "sched_getaffinity", None)
    cpus = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        most, period = quota.read_text("ascii").split()
        cpus = min(cpus, math.ceil(int(most) / int(period)))
    except (OSError, ValueError):  # no cgroup, or no limit in it: "max"
        return cpus
    return max(1, cpus)


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is the variable `ENCIRCLE_<FIELD>` of the environment."""

    max_body_bytes: int = 8 * 2**20
    """Larger requests are refused, unread (413); bytes."""
    body_timeout_s: float = 30.0
    """A body that takes longer to come is given up (408); seconds."""
    intake_bytes: int = 64 * 2**20
    """Of all bodies that are being read at one time; more have to come back (503); bytes."""
    timeout_s: float = 20.0
    """Work that takes longer is stopped (422), and waiting for a worker too (503); seconds."""
    workers: int = field(default_factory=_count_cpus)
    """Processes that judge, each one situation at a time."""
    queue: int = 16
    """Requests that may wait for a worker; the next one is told to come back (503)."""
    worker_memory_bytes: int = 2 * 2**30
    """Address space of each worker, where the system can limit it; bytes."""
    fixtures: Path | None = ROOT / "fixtures" if HERE.name == "api" else None
    """The folder of scenarios: those of the checkout. A wheel has none."""
    database: str = IN_MEMORY
    """Where cases are kept: a file, or postgresql://…; in memory by default, gone at the end."""
    fair_requests: int = 0
    """Requests of one caller, by key or address, in a minute; more wait (429). 0: no limit, which
    `encircle serve` sets for this machine alone."""
    fair_seconds: float = 60.0
    """Seconds of work for one caller in a minute, where there is a limit."""
    fair_share: int = 8
    """Requests of one caller at one time, where there is a limit."""
    hosts: tuple[str, ...] = ()
    """Names this service is called by, set apart by commas, beside addresses in figures, localhost
    and this machine's name; `*`: any, and then any page that gives this address a name may read."""
    public_reading: bool = True
    """Whether readers without a key are given anything of a case that does not say so itself."""
    public_delay_h: float = 24.0
    """Hours until they are given what was recorded."""
    public_coarsen_m: float = 1000.0
    """Side of the squares to whose middle positions are moved for them, metres."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call this service, set apart by commas; `*`: any. None by default:
    then no browser lets another site's page read an answer."""

    def __post_init__(self) -> None:
        for name in (
            "fair_seconds",
            "fair_share",
            "max_body_bytes",
            "intake_bytes",
            "body_timeout_s",
            "timeout_s",
            "workers",
            "worker_memory_bytes",
        ):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingError(name, getattr(self, name), "Give a number above 0")
        for origin in self.cors_origins:
            if not re.fullmatch(ORIGIN, origin):
                remedy = "Give origins such as https://map.example.org, without a path, or *"
                raise SettingError("cors_origins", origin, remedy)
        for name in ("queue", "fair_requests", "public_delay_h", "public_coarsen_m"):
            if not 0 <= getattr(self, name) < math.inf:
                raise SettingError(name, getattr(self, name), "Give 0 or more")

    @property
    def public(self) -> Publication:
        """What readers without a key are given of a case that does not say."""
        return Publication(self.public_reading, self.public_delay_h, self.public_coarsen_m)


class StartError(RuntimeError):
    """The service cannot start here, and the message says what to do."""


class SettingError(StartError, ValueError):
    """A variable of the environment does not say what it should."""

    def __init__(self, name: str, value: object, remedy: str) -> None:
        super().__init__(f"{PREFIX}{name.upper()} is {value!r}. {remedy}")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """
    Read the settings from the environment; what it does not name keeps its default.

    Raises
    ------
    SettingError
        If a variable cannot be read as its field's type, or is out of range.
    """
    given = os.environ if environment is None else environment
    readers: dict[str, Any] = {"int": int, "float": float, "str": str, "Path | None": Path}
    readers["bool"] = _read_answer
    readers["tuple[str, ...]"] = _split
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = given.get(f"{PREFIX}{each.name.upper()}", "").strip()
        if not text:
            continue
        try:
            values[each.name] = readers[str(each.type)](text)
        except ValueError:
            kind = "yes or no" if each.type == "bool" else f"{each.type}, like the default"
            raise SettingError(each.name, text, f"Give {kind}") from None
    return Settings(**values)
