"""Commands from words to a claim and out again: extract, lexicon, publish."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.options import JsonOption
from encircle.cli.terminal import (
    decode,
    echo,
    guard,
    load,
    print_bytes,
    print_json,
    read_file,
    refuse,
    show_progress,
    write,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.claims.publishing.checked import CheckedClaim
    from encircle.claims.publishing.corrections import Entry, Log
    from encircle.claims.words.extraction import Proposal
    from encircle.map.situation import Situation

LONG_TEXT = 50_000
"""A text of so many characters takes over a second to read."""
MANY = 8
"""From so many claims on a page takes long enough to show a bar."""
CLAIM_COLUMNS = (
    "id", "claimant", "claimant_side", "made_at", "statement", "url", "archive_url", "force",
    "definition", "value", "number", "tense", "hedged", "sentence", "start", "end", "phrase",
    "language", "place", "via", "verbatim", "doubt", "unread", "unread_as",
)  # fmt: skip

claims_app = typer.Typer(
    help="From words to claims, and from checked claims to print.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(claims_app, name="claims")
    claims_app.command()(extract)
    claims_app.command()(lexicon)
    claims_app.command()(publish)


def extract(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Plain text; - for stdin")],
    written: Annotated[
        str | None, typer.Option("--date", help="Day the article was written, YYYY-MM-DD")
    ] = None,
    force: Annotated[str | None, typer.Option(help="Id of the force, put into every claim")] = None,
    json_output: JsonOption = False,
    csv_output: Annotated[bool, typer.Option("--csv", help="Print a claims file as CSV")] = False,
    log: Annotated[
        Path | None, typer.Option(help="Corrections log: say which claims were checked before")
    ] = None,
) -> None:
    """Propose the claims an article makes, for a person to confirm; it never rates."""
    from encircle.claims.words.unread import find_unread_languages, say_unread

    if json_output and csv_output:
        refuse("--json and --csv exclude each other; give one of them")
    text = decode(load(article), article)
    proposals = _propose(text, _parse_day(written, "--date"))
    unread = find_unread_languages(text)
    if unread and not proposals:
        refuse(f"{article}: {say_unread(unread)}")
    if unread:
        echo(f"Notice: {article}: {say_unread(unread)}", err=True)
    claims = [proposal.to_claim(number, force) for number, proposal in enumerate(proposals, 1)]
    if log is not None:
        from encircle.claims.publishing.corrections import read_log

        _tell_again(claims, guard(lambda: read_log(load(str(log)))))
    if json_output:
        print_json({"claims": claims, "unread_languages": unread})
    elif csv_output:
        from encircle.claims.publishing.table import write_csv

        rows = [{**claim, **claim["asserts"], **claim["proposed"]} for claim in claims]
        print_bytes(write_csv(rows, CLAIM_COLUMNS))
    else:
        _tell_proposals(proposals, claims)


def _tell_again(claims: Sequence[dict[str, Any]], log: Log) -> None:
    """Write beside each claim which of the log say the same, and how they were rated."""
    from encircle.claims.matching import Said, find_again

    known, latest = log.list_said(), {entry.key: entry for entry in log.entries}
    for claim in claims:
        read = {**claim["asserts"], **claim["proposed"].get("reading", {})}
        made_on = claim["made_at"] and date.fromisoformat(claim["made_at"][:10])
        said = Said("", claim["claimant"], claim["statement"], read["definition"], read["value"],
                    read["tense"], made_on)  # fmt: skip
        claim["proposed"]["again"] = [
            {"key": again.id, "claimant": latest[again.id].claimant,
             "statement": latest[again.id].statement, "rating": latest[again.id].rating,
             "recorded_at": latest[again.id].recorded_at, "because": again.because}
            for again in find_again(said, known)
        ]  # fmt: skip


def _propose(text: str, written: date | None) -> list[Proposal]:
    from encircle.claims.words.extraction import propose_claims
    from encircle.claims.words.sentences import split_sentences

    if len(text) < LONG_TEXT:
        return propose_claims(text, written)
    with show_progress("Reading", len(split_sentences(text))) as step:
        return propose_claims(text, written, on_sentence=step)


def lexicon(json_output: JsonOption = False) -> None:
    """Print the lexicon: every phrase, the definition it is taken for, and the source of that."""
    from encircle.claims.words.lexicon import list_lexicon

    entries = list_lexicon()
    if json_output:
        print_json({"entries": entries})
        return
    for entry in entries:
        value = "" if entry["value"] == "yes" else " (denies)"
        echo(f"{entry['language']}  {entry['definition']}{value}  {entry['phrase']}")


def publish(
    checked: Annotated[
        str, typer.Argument(metavar="CHECKED", help="What `check --json` prints; - for stdin")
    ],
    situation: Annotated[
        list[str] | None, typer.Option(help="A map that was judged, for its picture; repeatable")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the page for readers")] = None,
    claimreview: Annotated[Path | None, typer.Option(help="Write ClaimReview JSON-LD")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write rows for a claim database, CSV")] = None,
    rows: Annotated[Path | None, typer.Option(help="Write the same rows as JSON")] = None,
    log: Annotated[
        Path | None, typer.Option(help="Corrections log, JSON Lines: read, and added to")
    ] = None,
    note: Annotated[
        str | None, typer.Option(help="Why the checks were made anew, for the log")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Who publishes; Encircle if not given")] = None,
    author_url: Annotated[str | None, typer.Option(help="Address of who publishes")] = None,
    page_url: Annotated[str | None, typer.Option(help="Address the page will have")] = None,
    title: Annotated[str | None, typer.Option(help="Heading of the page")] = None,
    at: Annotated[
        str | None, typer.Option(help="When it is published, RFC 3339; now if not given")
    ] = None,
) -> None:
    """Write checked claims for readers, fact-check feeds and databases; log what was corrected."""
    from encircle.claims.publishing.checked import parse_checked
    from encircle.claims.publishing.claimreview import Publisher, write_claim_reviews, write_json_ld

    if not any((html, claimreview, csv, rows, log)):
        refuse("nothing to write; give --html, --claimreview, --csv, --rows or --log")
    told = {"--author": author, "--author-url": author_url, "--page-url": page_url}
    for is_used, by, options in (
        (html, "--html", {"--situation": situation, "--title": title}),
        (html or claimreview, "--html or --claimreview", told),
        (log, "--log", {"--note": note}),
    ):
        if not is_used and (idle := [option for option, value in options.items() if value]):
            refuse(f"{', '.join(idle)} would do nothing here: give {by} too, or leave it out")
    claims = guard(lambda: parse_checked(load(checked)))
    if not claims:
        refuse(f"{checked} holds no checked claim")
    recorded_at = _parse_moment(at)
    situations = [read_file(name, None, None) for name in situation or []]
    book, news = _record(log, claims, recorded_at, note or "")
    publisher = Publisher(author or "Encircle", author_url, page_url, recorded_at[:10])
    if (html or claimreview) and not page_url:
        echo("Notice: the ClaimReview has no url, without which search engines take none: give the "
             "address the page will have (--page-url)", err=True)  # fmt: skip
    if html:
        write(html, _write_page(claims, situations, publisher, book, title).encode())
    if claimreview:
        write(claimreview, write_json_ld(write_claim_reviews(claims, publisher, book)))
    _write_rows(claims, book, csv, rows)
    for entry in news:
        echo(f"{entry.claim}: {entry.told}", err=True)


def _write_page(
    claims: Sequence[CheckedClaim],
    situations: Sequence[Situation],
    publisher: object,
    book: Log,
    title: str | None,
) -> str:
    from encircle.claims.publishing.claimreview import Publisher
    from encircle.claims.publishing.report import write_report

    assert isinstance(publisher, Publisher)  # noqa: S101 - imported late
    if len(claims) < MANY:
        return write_report(claims, situations, publisher=publisher, log=book, title=title)
    with show_progress("Writing", len(claims)) as step:
        return write_report(
            claims, situations, publisher=publisher, log=book, title=title, on_claim=step
        )


def _write_rows(
    claims: Sequence[CheckedClaim], book: Log, csv: Path | None, rows: Path | None
) -> None:
    import orjson

    from encircle.claims.publishing.table import build_rows, write_csv

    if csv:
        write(csv, write_csv(build_rows(claims, book)))
    if rows:
        table = {"claims": build_rows(claims, book)}
        write(rows, orjson.dumps(table, option=orjson.OPT_INDENT_2))


def _record(
    path: Path | None, claims: Sequence[CheckedClaim], at: str, note: str
) -> tuple[Log, tuple[Entry, ...]]:
    """Read the log, add what is new, and write only that at its end."""
    from encircle.claims.publishing.corrections import Log, read_log

    if path is None:
        return Log(), ()
    before: Log = guard(lambda: read_log(path.read_bytes())) if path.exists() else Log()
    after = before.record(claims, at, note)
    news = after.entries[len(before.entries) :]
    try:
        with path.open("ab") as file:
            file.write(Log(news).to_lines())
    except OSError as error:
        refuse(f"cannot add to {path}: {error.strerror}")
    return after, news


def _parse_day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        refuse(f"{option} {text!r} is not a day; write 2025-03-14")


def _parse_moment(text: str | None) -> str:
    if text is None:
        return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    try:
        datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--at {text!r} is not an instant; write 2025-03-14T12:00:00Z")
    return text


# -- in words --------------------------------------------------------------------------------


def _tell_proposals(proposals: Sequence[Proposal], claims: Sequence[dict[str, Any]]) -> None:
    from encircle.claims.rating.answer import name_rating
    from encircle.claims.words.extraction import WHY_OPEN

    for number, (p, claim) in enumerate(zip(proposals, claims, strict=True), 1):
        who = p.claimant or "the text itself"
        via = f", told by {p.via}" if p.via else ""
        reserve = ", with a reserve" if p.hedged else ""
        doubt = f", doubted (“{p.doubt}”)" if p.doubt else ""
        count = f", {p.number:,} or more" if p.number else ""
        echo(
            f"{number}. {who}{via}, {p.made_on or 'undated'}: {p.definition} {p.value}, {p.tense}"
            f"{reserve}{doubt}{count}{f' ({p.place})' if p.place else ''}"
        )
        echo(f"   “{p.phrase}” in: {' '.join(p.sentence.split())}")
        if p.unread:
            why = WHY_OPEN[p.unread_as]
            echo(f"   To be read by a person: “{p.unread}” {why}. Nothing is asserted so far.")
        if p.also:
            echo(f"   The same words are also used for: {', '.join(p.also)}")
        for again in claim["proposed"].get("again", ()):
            who = again["claimant"] or "the text itself"
            echo(f"   Checked before, and rated {name_rating(again['rating'])}: {who}, "
                 f"“{again['statement']}”. {again['because']}")  # fmt: skip
    echo(f"{number_of(len(proposals), 'claim')} proposed, for you to confirm. None is rated.")
