"""What is counted: requests by route and status, judging time, work in hand, work stopped."""

from __future__ import annotations

import platform

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from encircle.version import __version__

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""Upper bounds of the histogram's classes; the fifth part of the goal, and up to the timeout."""


class Metrics:
    """One registry for each application, so that two in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "encircle_requests",
            "Requests answered, by route template, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.work = Histogram(
            "encircle_judgement_seconds",
            "Time from a whole request to its answer, waiting for a worker included.",
            ["work"],
            registry=self.registry,
            buckets=SECONDS,
        )
        self.waited = Histogram(
            "encircle_wait_seconds",
            "Time until a worker took the work.",
            registry=self.registry,
            buckets=SECONDS,
        )
        self.worked = Histogram(
            "encircle_work_seconds",
            "Time a worker took for the work, without waiting.",
            ["work"],
            registry=self.registry,
            buckets=SECONDS,
        )
        self.faults = Counter(
            "encircle_faults",
            "Errors of this service itself, here or in a worker.",
            registry=self.registry,
        )
        self.queue = Gauge(
            "encircle_queue_length", "Requests that wait for a worker.", registry=self.registry
        )
        self.busy = Gauge(
            "encircle_workers_busy", "Workers that are at work.", registry=self.registry
        )
        self.started = Counter(
            "encircle_workers_started", "Workers started, again or first.", registry=self.registry
        )
        self.restarts = Counter(
            "encircle_workers_restarted",
            "Workers that ended, or were stopped at their work, and are started anew.",
            registry=self.registry,
        )
        Info("encircle_build", "What runs.", registry=self.registry).info(
            {"version": __version__, "python": platform.python_version()}
        )
        self.in_flight = Gauge(
            "encircle_requests_in_flight", "Requests being answered.", registry=self.registry
        )
        self.killed = Counter(
            "encircle_jobs_killed",
            "Jobs that ended without an answer, by reason.",
            ["reason"],
            registry=self.registry,
        )
