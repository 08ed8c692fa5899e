"""The command that holds claims against maps, for a terminal and for pipelines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from encircle.cli.options import DEFAULTS, JsonOption, StaleOption, WorldsOption
from encircle.cli.terminal import (
    BAD_INPUT,
    FAILED,
    echo,
    guard,
    load_map,
    print_json,
    read_file,
    refuse,
    show_progress,
    write,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.claims.rating.answer import ClaimChecks, FaultyClaim, Statement
    from encircle.claims.rating.rules import Rating
    from encircle.map.options import Options
    from encircle.map.situation import Situation

ClaimsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--claims", metavar="FILE", help="Claims, JSON or CSV; by default those on the maps"
    ),
]
FailOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on", metavar="RATING[,RATING]", help="Exit 1 if a claim is rated so; repeatable"
    ),
]
MOST_PROCESSES = 2
"""Processes used where there is work for them."""
WORTH_SHARING = 8
"""Fewer judgements than this are made sooner than a second process has started."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(check)


def check(
    situations: Annotated[
        list[str], typer.Argument(metavar="SITUATION...", help="GeoJSON; - for stdin")
    ],
    claims: ClaimsOption = None,
    fail_on: FailOption = None,
    stale_after_days: StaleOption = DEFAULTS.stale_after_days,
    most_worlds: WorldsOption = 0,
    json_output: JsonOption = False,
    brief: Annotated[
        bool, typer.Option("--brief", help="Leave proofs and axes out of each judgement")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write a JUnit XML report here")
    ] = None,
    github: Annotated[
        bool, typer.Option("--github", help="Annotate what fails, as GitHub reads it")
    ] = False,
) -> None:
    """Hold claims against maps, and say how far the maps bear them out."""
    from encircle.map.options import Options

    if brief and not json_output:
        refuse("--brief would do nothing here: it shortens the JSON; give --json too")
    failing = _parse_ratings(fail_on or [])
    maps = _read_maps(situations)
    stated = _read_claims(maps, situations, claims)
    options = Options(stale_after_days=stale_after_days, most_worlds=most_worlds)
    checks = _check(maps, stated, options)
    _report(checks, failing, junit, github=github, quiet=json_output)
    if not json_output:
        _tell(checks)
    elif checks.checked or not checks.faulty:
        print_json(checks.to_dict(brief=brief))
    if any(c.rating in failing for c in checks.checked):
        raise typer.Exit(FAILED)
    # what could not be read or rated may be the very claim the run was to fail on: never green
    unrated = [c for c in checks.checked if failing and c.is_unrated]
    for one in unrated:
        echo(f"error: claim {one.id!r} is not rated: {one.findings[0].statement}", err=True)
    if failing and not checks.checked and not checks.faulty:
        refuse("there is no claim to rate, and --fail-on was to look at some; give --claims FILE")
    unread = checks.faulty and (failing or not checks.checked)
    raise typer.Exit(BAD_INPUT if unread or unrated else 0)


def _parse_ratings(given: Sequence[str]) -> frozenset[Rating]:
    from encircle.claims.rating.rules import RATINGS

    words = {word.strip() for text in given for word in text.split(",") if word.strip()}
    unknown = sorted(words - set(RATINGS))
    if unknown:
        refuse(f"--fail-on {unknown[0]!r} is no rating; use {', '.join(RATINGS)}")
    return frozenset(rating for rating in RATINGS if rating in words)


def _read_maps(names: Sequence[str]) -> list[Situation]:
    """Read every map, or end the command with everything that is wrong with any of them."""
    read: list[Situation] = []
    for name in names:
        try:
            read.append(read_file(name, None, None))
        except typer.Exit:
            echo(f"error: {name} is no situation; see above", err=True)
    if len(read) < len(names):
        raise typer.Exit(BAD_INPUT)
    return read


def _read_claims(
    maps: Sequence[Situation], names: Sequence[str], files: Sequence[str] | None
) -> list[Statement | FaultyClaim]:
    """Read the claims of the files, or those that stand on the maps."""
    from dataclasses import replace

    from encircle.claims.claims_file import read_claims_file
    from encircle.claims.rating.checks import list_claims_once

    if not files:
        return [replace(s, source=names[s.home or 0]) for s in list_claims_once(maps)]
    if [*names, *files].count("-") > 1:
        refuse("standard input can be read once; give - once")
    stated: list[Statement | FaultyClaim] = []
    for file in files:
        raw = load_map(file)
        read = guard(lambda raw=raw, file=file: read_claims_file(raw, file))
        stated += read.claims
        for notice in read.notices:
            echo(f"Notice: {file}: {notice.statement}", err=True)
    return stated


def _check(
    maps: Sequence[Situation], stated: Sequence[Statement | FaultyClaim], options: Options
) -> ClaimChecks:
    from encircle.claims.rating.checks import check_claims, count_judgements

    total = count_judgements(maps, stated)
    processes = MOST_PROCESSES if total >= WORTH_SHARING else 1
    with show_progress("Judging", total) as step:
        checks: ClaimChecks = guard(
            lambda: check_claims(maps, stated, options, processes=processes, on_judged=step)
        )
    return checks


def _report(
    checks: ClaimChecks,
    failing: frozenset[Rating],
    junit: Path | None,
    *,
    github: bool,
    quiet: bool,
) -> None:
    """Tell what cannot be read, and write what pipelines read; quiet: not on standard output."""
    from encircle.claims.publishing.pipelines import write_annotations, write_junit

    for entry in checks.faulty:
        for fault in entry.faults:
            echo(f"error: {entry.source or 'claims'}: claim {entry.id!r}, {fault}", err=True)
    if junit:
        write(junit, write_junit(checks, failing, datetime.now(UTC)))
    if github:
        for line in write_annotations(checks, failing):
            echo(line, err=quiet)


# -- in words --------------------------------------------------------------------------------


def _tell(checks: ClaimChecks) -> None:
    from encircle.claims.rating.answer import name_rating

    for checked in checks.checked:
        echo(f"{checked.id}: {name_rating(checked.rating)}")
        echo(f"  {checked.quote}")
        for notice in checked.notices:
            mark = "! In doubt: " if notice.severity == "doubt" else "! "
            echo(f"  {mark}{notice.statement}")
        for finding in checked.findings[1:]:
            echo(f"  - {finding.statement}")
        if checked.number:
            echo(f"  - The number is {checked.number['rating']}: "
                       f"{checked.number['because']['statement']}")  # fmt: skip
        echo("")
    counts: dict[str, int] = {}
    for checked in checks.checked:
        counts[checked.rating] = counts.get(checked.rating, 0) + 1
    said = ", ".join(f"{count} {name_rating(rating)}" for rating, count in counts.items())
    bad = f"; {len(checks.faulty)} could not be read" if checks.faulty else ""
    echo(f"{number_of(len(checks.checked), 'claim')} rated{': ' if said else ''}{said}{bad}.")
