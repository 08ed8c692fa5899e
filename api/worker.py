"""The process that judges: one request in, one answer out, over its standard streams."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from encircle import Options, check_claims, judge
from encircle.claims.rating.checks import UNWEIGHED
from encircle.errors import InputFault, UnknownForceError
from encircle.judge import inspect_whole
from encircle.map.door.reader import parse_document, read_situation
from encircle.map.notices import gather
from encircle.verifier.verify import verify

from .bodies import parse_body, read_batch, read_wrapped
from .errors import RULES, RequestError, describe, encode, find_rule
from .logs import build_logger, trace
from .schemas import EXAMPLE_SITUATION, ClaimChecksRequest, JudgementRequest, VerificationRequest
from .tracing import TRACE
from .wire import ANSWER, QUESTION, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BRIEFLY = Options(most_worlds=0)
AT_ONCE_S = 1e-9
"""Verdict and proof only: what else there is of a judgement is asked for by itself."""
GRACE_S = 10.0
"""A worker whose master is gone ends by itself this long after its time is over."""
SHARE_OF_TIME = 0.5
"""Share of the time a request may take after which nothing more of a judgement is begun: what
was begun is ended in the rest of it, drawn and sent."""


def judge_body(raw: bytes, deadline_s: float | None = None) -> bytes:
    """Judge the situation in a request's body."""
    request = parse_body(raw, JudgementRequest)
    situation = read_wrapped(request)
    return write(judge(situation, _choose(request), deadline_s=deadline_s).to_dict())


def verify_body(raw: bytes) -> bytes:
    """Check the judgement in a request's body."""
    request = parse_body(raw, VerificationRequest)
    return write(verify(request.judgement, read_wrapped(request)).to_dict())


def picture_body(raw: bytes, deadline_s: float | None = None) -> bytes:
    """Judge the situation in a request's body, and draw the judgement."""
    from encircle.picture.picture import draw_svg  # noqa: PLC0415 - few ask for one

    request = parse_body(raw, JudgementRequest)
    situation = read_wrapped(request)
    judgement = judge(situation, _choose(request), deadline_s=deadline_s)
    return draw_svg(judgement, situation).encode()


def layers_body(raw: bytes, deadline_s: float | None = None) -> bytes:
    """Judge the situation in a request's body, and give the layers of a map."""
    request = parse_body(raw, JudgementRequest)
    situation = read_wrapped(request)
    return write(judge(situation, _choose(request), deadline_s=deadline_s).to_geojson())


def page_body(raw: bytes, deadline_s: float | None = None) -> bytes:
    """Judge the situation in a request's body, and write a page of it."""
    from encircle.picture.export.notebook import write_page  # noqa: PLC0415 - few ask for one

    request = parse_body(raw, JudgementRequest)
    judgement = judge(read_wrapped(request), _choose(request), deadline_s=deadline_s)
    return write_page(judgement).encode("utf-8", "replace")


def export_body(raw: bytes, deadline_s: float | None = None, *, suffix: str) -> bytes:
    """
    Judge the situation in a request's body, and write its layers as another program's file.

    Raises
    ------
    RequestError
        If what writes it is not installed here.
    """
    from encircle.picture.export.export import export  # noqa: PLC0415 - few ask for one
    from encircle.picture.export.layer_files import ExportError  # noqa: PLC0415

    request = parse_body(raw, JudgementRequest)
    situation = read_wrapped(request)
    judgement = judge(situation, _choose(request), deadline_s=deadline_s)
    try:
        return export(judgement, suffix, situation)
    except ExportError as error:
        said, _, remedy = str(error).partition(": ")
        remedy = remedy or "Ask for application/geo+json, which needs nothing"
        raise RequestError([InputFault("", said, remedy)]) from None


def inspect_body(raw: bytes) -> bytes:
    """Look the map in a request's body over for slips; nothing is judged."""
    request = parse_body(raw, JudgementRequest)
    situation = read_wrapped(request)
    found = gather([*situation.notices, *inspect_whole(situation, _choose(request))])
    return write({"situation": situation.id, "notices": [notice.to_dict() for notice in found]})


def claims_body(raw: bytes) -> bytes:
    """Rate the claims in a request's body against its maps."""
    request = parse_body(raw, ClaimChecksRequest)
    situations, claims = read_batch(request)
    options = _choose(request)
    if options and request.options and "most_worlds" not in request.options.model_fields_set:
        options = replace(options, most_worlds=UNWEIGHED.most_worlds)
    checks = check_claims(situations, claims, options)
    return write(checks.to_dict(brief=request.brief))


def statuses_body(raw: bytes) -> bytes:
    """Judge every force of the situation in the body: its verdict and what decides, no more."""
    document = parse_document(raw)
    found = {}
    for force in list_forces(document):
        judgement = judge(read_situation(document, force=force), BRIEFLY, deadline_s=AT_ONCE_S)
        found[force] = {
            "verdict": judgement.verdict,
            "status": judgement.status.code,
            "because": [f.statement for f in judgement.findings if f.decides],
        }
    return write(found)


def timeline_body(raw: bytes) -> bytes:
    """Judge a force on the maps in the body; days on which no position names it are told."""
    from encircle.archive.timeline import judge_series  # noqa: PLC0415 - few ask for one

    request = parse_document(raw)
    force, situations, without = request["force"], [], []
    for document in request["situations"]:
        try:
            situations.append(read_situation(document, force=force))
        except UnknownForceError:
            without.append(document["situation"]["as_of"])
    if not situations:
        raise UnknownForceError(force, list_known(request["situations"]))
    return write({**judge_series(situations).to_dict(), "without_the_force": without})


def list_known(documents: list[dict[str, Any]]) -> list[str]:
    """List the forces that are named on any of some maps."""
    return list(dict.fromkeys(name for document in documents for name in list_forces(document)))


def answer_question(raw: bytes) -> bytes:
    """Answer the question in a request's body."""
    from .questions import question_body  # noqa: PLC0415 - it brings every reader of maps

    return write(question_body(raw))


def write_question_page(raw: bytes) -> bytes:
    """Answer the question in a request's body with a page."""
    from .questions import page_of_question  # noqa: PLC0415 - as above

    return page_of_question(raw)


def write_question_review(raw: bytes) -> bytes:
    """Answer the question in a request's body as a ClaimReview."""
    from .questions import review_of_question  # noqa: PLC0415 - as above

    return write(review_of_question(raw))


def draw_question_card(raw: bytes) -> bytes:
    """Answer the question in a request's body with a picture."""
    from .questions import card_of_question  # noqa: PLC0415 - as above

    return card_of_question(raw)


def write_workbook(raw: bytes) -> bytes:
    """Write the sheet of the workbook in a request's body as CSV, with what was not used of it."""
    from encircle.formats.tables.sheets import write_sheet  # noqa: PLC0415 - few bring one

    table, notices = write_sheet(raw, "the workbook")
    return write({"table": table, "notices": [str(notice) for notice in notices]})


def list_forces(document: dict[str, Any]) -> Iterator[str]:
    """List the forces that positions name, each once."""
    named = (
        feature["properties"].get("force")
        for feature in document.get("features", ())
        if feature.get("properties", {}).get("kind") == "position"
    )
    yield from dict.fromkeys(str(force) for force in named if force not in (None, ""))


def _choose(request: JudgementRequest | ClaimChecksRequest) -> Options | None:
    return request.options.to_options() if request.options else None


JUDGED: dict[Kind, Callable[[bytes, float | None], bytes]] = {
    b"j": judge_body,
    b"p": picture_body,
    b"g": layers_body,
    b"h": page_body,
    b"k": partial(export_body, suffix=".kml"),
    b"l": partial(export_body, suffix=".gpkg"),
}
"""Kind of work that judges one map to what does it, by a deadline."""
WORK: dict[Kind, Callable[[bytes], bytes]] = {
    b"v": verify_body,
    b"c": claims_body,
    b"i": inspect_body,
    b"s": statuses_body,
    b"t": timeline_body,
    b"q": answer_question,
    b"w": write_question_page,
    b"r": write_question_review,
    b"d": draw_question_card,
    b"x": write_workbook,
}
"""Kind of other work to what does it."""


def write(document: dict[str, Any]) -> bytes:
    """Write an answer as JSON, also where a name in it is no valid Unicode."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:
        return encode(document)


def answer(kind: Kind, raw: bytes, deadline_s: float | None = None) -> tuple[int, int, bytes]:
    """Do one piece of work, whatever comes of it: status, retry-after, body."""
    try:
        return 200, 0, JUDGED[kind](raw, deadline_s) if kind in JUDGED else WORK[kind](raw)
    except Exception as error:  # noqa: BLE001 - the caller gets an answer; the log gets the rest
        if find_rule(error) is RULES[BaseException]:
            _log_fault(error)
        problem = describe(error)
        return problem.status, int(problem.headers.get("Retry-After", 0)), problem.body


def _log_fault(error: Exception) -> None:
    """Log an error nobody foresaw, without what was asked."""
    build_logger("stderr").error(
        "fault", request=TRACE.get(), error=type(error).__name__, trace=trace(error)
    )


def serve(questions: BinaryIO, answers: BinaryIO, timeout_s: float) -> None:
    """Answer until the questions end."""
    _say(answers, 200, 0, b"ready", time.perf_counter())
    while head := questions.read(QUESTION.size):
        kind, named, size = QUESTION.unpack(head)
        TRACE.set(named.decode("ascii"))
        raw = questions.read(size)
        signal.setitimer(signal.ITIMER_REAL, timeout_s + GRACE_S)
        start = time.perf_counter()
        _say(answers, *answer(kind, raw, SHARE_OF_TIME * timeout_s), start)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _say(answers: BinaryIO, status: int, retry_after_s: int, body: bytes, start: float) -> None:
    answers.write(ANSWER.pack(status, retry_after_s, time.perf_counter() - start, len(body)))
    answers.write(body)
    answers.flush()


def warm_up() -> None:
    """Judge, or fail; verify; then leave what was loaded out of every later collection."""
    body = {"situation": EXAMPLE_SITUATION}
    judgement = orjson.loads(judge_body(orjson.dumps(body)))
    answer(b"v", orjson.dumps({**body, "judgement": judgement}))
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def limit_memory(limit_bytes: int) -> None:
    """Bound the address space, where the system allows it."""
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, hard))
    except (ValueError, OSError):
        pass


LEADS_ELSEWHERE = (
    "ADBC", "AmigoCloud", "Carto", "CSW", "EEDA", "Elasticsearch", "GDALG", "GPSBabel", "HTTP",
    "NGW", "OAPIF", "OGCAPI", "OGR_VRT", "PLSCENES", "WFS",
)  # fmt: skip
"""Drivers of GDAL by which a file has another opened, or another host asked: what strangers send is
read by none of them. GDAL chooses a driver by what is in a file, whatever it is called."""


def refuse_drivers() -> None:
    """Have GDAL, when it is loaded, leave such drivers out; nothing is fetched for a file."""
    os.environ["GDAL_SKIP"] = " ".join(LEADS_ELSEWHERE)
    os.environ["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] = "{noext}.none"


def main(timeout_s: float, memory_bytes: int) -> None:
    """Take over the standard streams; whatever else is printed goes to the log."""
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory(memory_bytes)
    refuse_drivers()
    warm_up()
    serve(questions, answers, timeout_s)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
