"""Nothing is taken away from a judgement in silence: it is refused, or the last sentence tells."""

import json
import random
import re
from dataclasses import replace

import pytest

import encircle
from encircle.verifier.reading.node import UnreadableError
from encircle.verifier.reading.parsing import parse_judgement
from encircle.verifier.verify import LEFT_AWAY, NOT_CHECKED
from tests.judged import kept
from tests.property.forger import FIXTURES, draw_map, is_accepted
from tests.property.taken_away import take_away
from tests.thorough import every

LIKELIHOOD = "the likelihood, and the pivots"
MARGINS = "the margins, but the neck"
ALL_OF_IT = "whether a proof names more of its evidence"
UNCHECKED = {
    r"(units\[\]\.)?likelihood\..*": LIKELIHOOD,
    r"pivots\[\].*": LIKELIHOOD,
    r"what_if\.base\.p_encircled.*": LIKELIHOOD,
    r"what_if\.changed\[\].*": LIKELIHOOD,
    r"provenance\.parameters\.location_weights\[\]": LIKELIHOOD,
    r"confidence\.because\[\]": "the confidence, but what",
    r"findings\[\]": "whether each rule that decides nothing",
    r"(findings\[\]|units\[\]\.because)\.evidence.*": "which evidence and reference",
    r"margins\.(closing|opening)_distance_m.*": MARGINS,
    r"margins\.neck_width_m\.(optimistic|pessimistic|evidence.*)": MARGINS,
    r"certificates\.open\.bottleneck\.evidence.*": "that the neck is the narrowest",
    r"(units\[\]\.)?certificates\..*\.evidence(\[\])?": ALL_OF_IT,
    r"(units\[\]\.)?certificates\.closed\.cut_set\.[a-z]+\[\]": ALL_OF_IT,
    r"notices(\[\](\.features.*)?)?": "the slips of drawing told of",
}
"""Where nothing is checked, and the line that says so in every last sentence: what is taken away
there takes no claim along that anything vouches for."""
LIBRARY = {
    "trap-river-ferry": {"without": ("ferry",)},
    "trap-tunnel-open": {},
    "trap-grey-unknown": {},
    "trap-group-outpost-cut": {},
    "trap-corridor-under-fire-f3": {},
    "trap-coast-with-ships": {},
    "trap-empty-bag-rumour": {},
    "trap-ring-of-claims": {},
    "trap-stale-map-control-old": {},
    "trap-pocket-split-one-open": {},
    "trap-neutral-ground-third-party": {"most_worlds": 0},
    "kholm-1942-03-01": {},
}
"""Small maps with something of every kind on them, and by which options they are judged."""
RANDOM = (0, 11, 14, 26, 66, 89, 138)
CASES = [*LIBRARY, *RANDOM]


def judge(name):
    if name in LIBRARY:
        document = json.loads((FIXTURES / name / "situation.geojson").read_text())
    else:
        document = draw_map(name)
    situation = encircle.read(document)
    options = replace(encircle.Options(), **LIBRARY.get(name, {}))
    return json.loads(encircle.judge(situation, options).to_json()), situation


def is_told(pattern, forged, situation):
    """Tell whether the last sentence names what was taken away; what is unreadable is refused."""
    try:
        said = parse_judgement(forged)
    except UnreadableError:
        return True
    (line,) = kept.verifier(situation).tell_left_away(said) or ("",)
    named = line.removeprefix(LEFT_AWAY).split(", ")
    return any(pattern == n.strip() or pattern.startswith(f"{n.strip()}.") for n in named if n)


def is_unchecked(pattern):
    """Tell whether a line of every last sentence says that this is not checked."""
    for where, line in UNCHECKED.items():
        if re.fullmatch(where, pattern):
            return any(told.startswith(line) for told in NOT_CHECKED)
    return False


@pytest.mark.property
@pytest.mark.parametrize("name", every(7, CASES))
def test_nothing_is_taken_away_in_silence(name):
    told, situation = judge(name)
    silent = [
        (pattern, how)
        for pattern, how, forged in take_away(told, random.Random(str(name)))  # noqa: S311
        if not is_told(pattern, forged, situation)
        and not is_unchecked(pattern)
        and is_accepted(forged, situation)
    ]
    assert not silent
