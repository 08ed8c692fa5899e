"""What may a judgement say in words: its headline written again, and the reason it gives."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from encircle.map.days import say_day
from encircle.verifier.path.case import Fault
from encircle.verifier.told.codes import CONTRADICTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.map.situation import Situation
    from encircle.verifier.reading.said import Ruling, Said

GONE = "{who} was no longer there to be encircled"
UNTOLD = "whether {who} was encircled on {day} cannot be told from this map"
LOST = (
    "the map gave the ground where {who} was placed to the enemy, and nothing else says that it was"
    " there: whether it was encircled cannot be told"
)
HUNG = "ground nobody was sure of"
NOT_ENCIRCLED = {
    "C0": "the way out was open",
    "C1": "it stood in a salient with an open way out",
    "C2": "a way out was open, but ",
}
BARRED = (
    "{who} had no way out by land: barriers alone closed it in, and nobody is drawn holding them"
)
ENCIRCLED = {
    "E1": "by land, but could still be reached ",
    "E2": "and isolated: every way by land was closed",
}
ACCESS_WORDS = {"sea": "by sea", "air": "by landing aircraft", "special": "by a special way"}
"""The sentences of the contract, The headline, one for each status."""
EVEN = 0.5
"""Probability on whose other side a likelihood speaks against the verdict."""
MAY_HANG = ("C0", "C1", "C2")
"""Status in which a position may have hung on unclear ground, and the force did not."""
REASONS = {
    "no_force": "Nobody of the force is there any more.",
    "presence_unknown": "Whether the force is still there cannot be told.",
    "off_the_map": "The force stands outside the area of the map.",
    CONTRADICTION: (
        "The map gives the place to the enemy, and only a word says that anybody is there: the "
        "position and the map contradict each other."
    ),
    "map_ends_first": (
        "Open ground or a road runs off the map before an anchor is reached: the map ends before "
        "the answer."
    ),
    "isolated": (
        "Every way by land is closed on both readings, and neither sea, landing air nor a special "
        "way is open."
    ),
    "encircled_with_access": (
        "Every way by land is closed on both readings; sea, landing air or a special way is open."
    ),
    "contested": (
        "A way by land is open if the ground nobody knows about is passable, and none is if it is "
        "hostile."
    ),
    "interdicted": (
        "A way by land is open even if all unknown ground is hostile, but every way for wheels and "
        "tracks is under fire of grade F3 or worse, or cut."
    ),
    "connected": (
        "A way by land is open even if all unknown ground is hostile, at no more than harassing "
        "fire as far as fire is mapped, and hostile ground lies on at most half the compass."
    ),
    "salient": (
        "A way by land is open even if all unknown ground is hostile, but hostile ground lies on "
        "more than half the compass, or the best way is under observed fire."
    ),
}
"""Rule to the sentence it is told in. Source: docs/method.md, The rules."""
DETAILS = {
    "presence_unknown": r" Its position is too old to rely on\.",
    CONTRADICTION: (
        r" The nearest ground of its own side lies [\d.]+ k?m to the [a-z-]+: [\d.,e-]+ km² on this"
        r" map, (not )?joined to its rear\.| No ground of its own side is on this map\."
    ),
    "interdicted": r" Only feet and boats, or rails, get through\.",
    "salient": r" Hostile ground lies on \d+% of the compass\.",
}
"""Rule to what may stand behind its sentence, as a regular expression."""


def reason_is_told_in_its_words(ruling: Ruling) -> Iterator[Fault]:
    """The rule that decides is told in its own words, with nothing behind them but its detail."""
    if not ruling.reason or ruling.because is None:
        return
    sentence, detail = REASONS[ruling.because], DETAILS.get(ruling.because, "")
    if not re.fullmatch(f"{re.escape(sentence)}({detail})?", ruling.reason):
        yield Fault(f"{ruling.because} is told as {ruling.reason!r:.200}")


def write_again(said: Said, situation: Situation) -> str:
    """
    Write the one sentence that a newspaper could print of what is said and checked.

    The force is called and the day told as the map has them. Of the notices those that are told
    count, and of the likelihood that which is told: the headline speaks of both and of no other.
    """
    ruling = said.whole
    day = say_day(situation.as_of.astimezone(UTC))
    day += ", on this map," if is_gainsaid(said) else ""
    sentence = _tell_status(ruling)
    told = sentence if "{day}" in sentence else f"On {{day}} {sentence}"
    text = told.replace("{day}", day).replace("{who}", _name(said, situation))
    text += _tell_cut_off(said) + _tell_hung(said)
    if ruling.because != CONTRADICTION:
        text += _tell_doubts(said)
    return f"{text[:1].upper()}{text[1:]}."


def _name(said: Said, situation: Situation) -> str:
    """Call the force by its name; else by its side, and the title of its map in brackets."""
    named = situation.name_of(said.force)
    if named:
        return named
    side = situation.side_name(said.side)
    force = f"{side}' force" if side.endswith("s") else f"{side}'s force"
    title = (situation.title or "").strip().rstrip(".?!")
    if not title:
        return force
    inner = re.sub(r'"([^"]*)"', r"‘\1’", title).translate(str.maketrans("“”", "‘’"))
    return f"{force} (“{inner}”)"


def _tell_status(ruling: Ruling) -> str:
    code = ruling.code
    if ruling.because == CONTRADICTION:
        return LOST
    if code in NOT_ENCIRCLED:
        but = _tell_but(ruling) if code == "C2" else ""
        return f"{{who}} was not encircled: {NOT_ENCIRCLED[code]}{but}"
    if code in ENCIRCLED:
        access = _tell_access(ruling) if code == "E1" else ""
        return BARRED if _is_barred(ruling) else f"{{who}} was encircled {ENCIRCLED[code]}{access}"
    return {
        "N": GONE,
        "U": UNTOLD,
        "C3": f"whether {{who}} was encircled on {{day}} hung on {HUNG}",
    }[code]


def _tell_but(ruling: Ruling) -> str:
    if "open" not in (ruling.land.get("wheeled"), ruling.land.get("tracked")):
        return "not for wheels or tracks"
    if ruling.best_fire == "F4":
        return "nothing that moved on it survived for long"
    return "no vehicle could count on surviving it"


def _tell_access(ruling: Ruling) -> str:
    given = (kind for kind in ACCESS_WORDS if ruling.access.get(kind) in ("open", "contested"))
    return " and ".join(ACCESS_WORDS[kind] for kind in given) or "from outside"


def _is_barred(ruling: Ruling) -> bool:
    """Tell a ring that water and cliffs alone hold."""
    if ruling.closed is None:
        return False
    return all(s.by in ("barrier", "sea") for s in ruling.closed.segments if s.length_m > 0)


def is_gainsaid(said: Said) -> bool:
    """Tell whether all of the likelihood that is told lies on the other side of even."""
    if said.p_encircled is None:
        return False
    low, high = said.p_encircled
    likely, unlikely = low > EVEN, high < EVEN
    return {
        "encircled": unlikely, "not_encircled": likely, "contested": likely or unlikely,
    }.get(said.whole.verdict, False)  # fmt: skip


def _tell_cut_off(said: Said) -> str:
    cut = said.cut_off
    if cut is None or not 0 < cut.units < cut.of:
        return ""
    were = "was" if cut.units == 1 else "were"
    share = "" if cut.weight_share is None else f" ({cut.weight_share:.0%} of its weight)"
    return f"; {cut.units} of its {cut.of} units {were} cut off{share}"


def _tell_hung(said: Said) -> str:
    hung = sum(part.code == "C3" for part in said.parts)
    if not hung or said.whole.code not in MAY_HANG:
        return ""
    return f"; whether {hung} of its {len(said.parts)} units could get out hung on {HUNG}"


def _tell_doubts(said: Said) -> str:
    doubts = [notice.statement for notice in said.notices if notice.severity == "doubt"]
    if not doubts:
        return ""
    clause = re.split(r"[:;.] |\.$", doubts[0], maxsplit=1)[0]
    first, _, rest = clause.partition(" ")
    if rest and first in ("A", "An", "The", "This", "No", "Longitude"):
        clause = f"{first[0].lower()}{clause[1:]}"
    more = f" and {len(doubts) - 1} more" if len(doubts) > 1 else ""
    return f"; the map is in doubt ({clause}{more})"
