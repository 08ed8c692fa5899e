"""
Where a scenario's numbers come from: SOURCES.md read, held against the map, and counted.

Long for one reason: every mistake that a scenario can have is looked for here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from encircle.judge import judge
from encircle.map.options import Options
from encircle.map.situation import Claim, Control, Crossing, Fire, Position, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from encircle.archive.library.scenarios import Scenario
    from encircle.map.situation import Feature, Situation

Json = dict[str, Any]
Reached = Literal[
    "Read by two.", "Read.", "Read by one of two.", "Read in an excerpt.", "Not reached."
]

AUTHORS = "authors"
"""Id of the source that stands for the author's own judgement."""
JUDGEMENT = "Author's judgement:"
"""How a row begins that no reference bears out."""
BEST_JUDGEMENT = ("C", 3)
"""The best grade of what the author only judges: fairly reliable, possibly true."""
SHOWS = "shows"
"""Member of a source: what it can show by itself, besides who held the ground."""
SHOWS_FIRE, SHOWS_PLACE = "fire", "place"
"""An account of fire on ways; a picture, or a place found from one."""
HEAVY_FIRE = ("F3", "F4")
"""Grades that part C2 from C1. Source: docs/contract.md."""
CLAIM_BEFORE = timedelta(days=7)
"""How much older than its map a claim may be: after a week it is said of other lines."""
CLAIM_AFTER = timedelta(days=1)
"""How much later: what is said on the day of the map."""
ACCOUNTS_FOR_HIGH = 2
"""Accounts of different origin that confidence *high* asks for."""
ACCOUNTS_THAT_AGREE = 2
"""Accounts of different origin by which a thing is better borne out than by the best of them."""
GAZETTEERS = {"geonames", "openstreetmap"}
"""Origins of what shows where a place lies, and nothing of who stood there."""
BANNED = (r"truth table", r"table of cases", r"from memory", r"follows from C\d")
"""Words for what no reader can open, or for a grade drawn from the code it should prove."""
LANGUAGES = (
    "English|Russian|Ukrainian|German|French|Arabic|Japanese|Italian|Polish|Vietnamese|"
    "Bosnian|Serbian|Croatian|Serbo-Croat|Dutch"
)
QUOTED = re.compile(rf"“[^”]+”.*\b({LANGUAGES})\b", re.DOTALL)
"""Quoted words, and the language they were said in."""
_KEY = re.compile(r"\[([a-z0-9]+(?:-[a-z0-9]+)*)\](?!\()")
_REFERENCE = re.compile(
    r"\[(?P<key>[a-z0-9]+(?:-[a-z0-9]+)*)\] (?P<text>.+?) "
    r"(?P<reached>Read by two\.|Read\.|Read by one of two\.|Read in an excerpt\.|Not reached\.)"
)
_NAMED = re.compile(r"`([^`]+)`")
_ERROR = re.compile(r"±(?:[\d.]+(?: to |[-–]))?([\d.]+) (k?m)\b")
"""How far off: `±300 m`, `±1.5 km`; of a range, `±5 to 10 km`, the larger."""
_ADDRESS = re.compile(r"https?://[\w.-]+\.[\w-]+\.?(?::\d+)?/[^\s<>]*[\w)/=-]")
_HOME_PAGE = re.compile(r"https?://[^/]+/?")
_PRINTED = re.compile(r"\b1[89]\d\d\b|\b20\d\d\b")
_PART = re.compile(r"\bpp?\.|\bch\.|\bchapters?\b|\bvol\.|\bin this repository\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what it speaks of, where that comes from, how sure it is."""

    feature: str
    origin: str
    sureness: str

    @property
    def is_judgement(self) -> bool:
        """Tell whether the author vouches for it alone."""
        return self.origin.replace("’", "'").startswith(JUDGEMENT)

    @property
    def keys(self) -> tuple[str, ...]:
        """The references it cites."""
        return tuple(_KEY.findall(self.origin))

    def names(self, feature: str) -> bool:
        """Tell whether it speaks of a feature: by its id, or by a pattern such as `road-*`."""
        return any(fnmatchcase(feature, name) for name in _NAMED.findall(self.feature))

    @property
    def grade(self) -> tuple[str, int] | None:
        """The Admiralty grade that leads its last cell."""
        led = re.match(r"([A-F])([1-6])\b", self.sureness)
        return (led[1], int(led[2])) if led else None

    @property
    def error_m(self) -> float | None:
        """The first error its last cell states, in metres: that of the line, whatever follows."""
        said = _ERROR.search(self.sureness)
        return float(said[1]) * (1000 if said[2] == "km" else 1) if said else None


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the list: a text that somebody else can open."""

    key: str
    text: str
    reached: Reached

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its addresses, in angle brackets."""
        return tuple(re.findall(r"<([^>]*)>", self.text))

    @property
    def faults(self) -> Iterator[str]:
        """Say what keeps a reader from finding it."""
        for address in self.addresses:
            if not _ADDRESS.fullmatch(address) or _HOME_PAGE.fullmatch(address):
                yield f"<{address}> is no address of a page"
        if "://" in re.sub(r"<[^>]*>", "", self.text):
            yield "an address stands outside angle brackets"
        if not self.addresses and not (_PRINTED.search(self.text) and _PART.search(self.text)):
            yield "has neither an address nor a year with a page or chapter"


@dataclass(frozen=True)
class Provenance:
    """A SOURCES.md, read."""

    text: str

    @cached_property
    def sections(self) -> dict[str, str]:
        """Text by heading; what stands before the first has the empty heading."""
        parts = re.split(r"^## +(.+?) *$", self.text, flags=re.MULTILINE)
        return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The lines of the first table, its head left out."""
        lines = [line for line in self.sections[""].splitlines() if line.startswith("|")]
        cells = [[c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]
        return tuple(Row(*(*row, "", "", "")[:3]) for row in cells)

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The entries of the list of references, each on one line."""
        listed = re.split(r"^- ", self.sections.get("References", ""), flags=re.MULTILINE)[1:]
        return tuple(" ".join(entry.split()) for entry in listed)

    @cached_property
    def references(self) -> dict[str, Reference]:
        """What the list holds in its right form, by key."""
        read = (_REFERENCE.fullmatch(entry) for entry in self.entries)
        found = [Reference(m["key"], m["text"], m["reached"]) for m in read if m]  # type: ignore[arg-type]
        return {reference.key: reference for reference in found}

    @cached_property
    def cited(self) -> set[str]:
        """Every key cited outside the list itself."""
        rest = (text for name, text in self.sections.items() if name != "References")
        return {key for text in rest for key in _KEY.findall(text)}

    @property
    def is_old(self) -> bool:
        """Tell a file without a list of references."""
        return "References" not in self.sections

    def error_of(self, name: str) -> float | None:
        """
        Give how far off a feature may be drawn, metres; None where no row of it says.

        Of several rows the first that says speaks: patterns for positions come after their ground.
        """
        errors = (row.error_m for row in self.rows if row.names(name))
        return next((error for error in errors if error is not None), None)

    def said_of(self, name: str) -> str:
        """Give every paragraph, list entry and row that names a feature, one after the other."""
        parts = re.split(r"\n\s*\n|\n(?=[-|] ?)", self.text)
        return "\n".join(part for part in parts if f"`{name}`" in part)

    def kind_of(self, row: Row) -> str:
        """Say what kind of origin a row has: one of `KINDS`."""
        if row.is_judgement:
            return "author's judgement"
        reached = {self.references[k].reached for k in row.keys if k in self.references}
        for word, kind in KIND_OF_REACHED.items():
            if word in reached:
                return kind
        said = f"{row.origin} {row.sureness}".lower()
        if "truth table" in said:
            return "internal table"
        return "memory" if "memory" in said else "no reference"


KIND_OF_REACHED: dict[Reached, str] = {
    "Read by two.": "read by two",
    "Read.": "read",
    "Read by one of two.": "read",
    "Read in an excerpt.": "read in an excerpt",
    "Not reached.": "not reached",
}
"""What was seen of a text, the best first, and the kind of a row that rests on it. *By two*: the
second is somebody who did not put it in; *by one of two*: two looked for it, one opened it."""
KINDS = (
    *dict.fromkeys(KIND_OF_REACHED.values()),
    "author's judgement", "internal table", "memory", "no reference",
)  # fmt: skip
"""Kinds of origin of a row, the best first; the last three are of the old form."""

Fault = tuple[str, tuple[str, ...]]
"""What is wrong, and of which features."""


# -- the text --------------------------------------------------------------------------------


def find_faults_of_text(provenance: Provenance, *, claims: Iterable[str] = ()) -> Iterator[Fault]:
    """
    Find what keeps a reader from following SOURCES.md to the texts it rests on.

    Parameters
    ----------
    claims
        Ids of the claims whose words it must quote, or call a paraphrase.
    """
    for pattern in BANNED:
        if found := re.search(pattern, provenance.text, re.IGNORECASE):
            yield f"«{found[0]}» is nothing a reader can open", ()
    if '"' in re.sub(r"`[^`]*`", "", provenance.text):
        yield 'quoted words stand in “…”, not in "…"', ()
    for section in ("References", "Disputes"):
        if not provenance.sections.get(section, "").strip():
            yield f"there is no section ## {section}", ()
    yield from _check_rows(provenance)
    yield from _check_references(provenance)
    for name in claims:
        said = provenance.said_of(name)
        if not QUOTED.search(said) and "araphrase" not in said:
            yield "neither quoted in “…” with its language nor called a paraphrase", (name,)


def _check_rows(provenance: Provenance) -> Iterator[Fault]:
    for row in provenance.rows:
        if not row.keys and not row.is_judgement:
            yield f"{row.feature}: no reference, and no {JUDGEMENT}", ()
        if row.is_judgement and len(row.origin) <= len(JUDGEMENT):
            yield f"{row.feature}: a judgement without its reason", ()
        if row.grade is None:
            yield f"{row.feature}: its last cell does not begin with a grade, A1 to F6", ()
        elif row.is_judgement and not _is_no_better(row.grade, BEST_JUDGEMENT):
            yield f"{row.feature}: a judgement is C3 at best", ()


def _is_no_better(grade: tuple[str, int], best: tuple[str, int]) -> bool:
    return grade[0] >= best[0] and grade[1] >= best[1]


def _check_references(provenance: Provenance) -> Iterator[Fault]:
    for entry in provenance.entries:
        if not _REFERENCE.fullmatch(entry):
            yield f"ends in none of {', '.join(KIND_OF_REACHED)}: {entry}", ()
    if len(provenance.references) < len(provenance.entries):
        keys = Counter(key for entry in provenance.entries for key in _KEY.findall(entry)[:1])
        for key in (key for key, times in keys.items() if times > 1):
            yield f"[{key}] is listed more than once", ()
    for key in sorted(provenance.cited - set(provenance.references)):
        yield f"[{key}] is cited and not listed", ()
    for key in sorted(set(provenance.references) - provenance.cited):
        yield f"[{key}] is listed and not cited", ()
    for reference in provenance.references.values():
        for fault in reference.faults:
            yield f"[{reference.key}] {fault}", ()


# -- the map ---------------------------------------------------------------------------------


def find_faults_of_map(
    scenario: Scenario, situation: Situation, provenance: Provenance
) -> Iterator[Fault]:
    """Find where a map says more than its sources can show."""
    listed = {source["id"]: source for source in scenario.heading.get("sources", [])}
    for check in (_check_mirror, _check_basis, _check_fire, _check_confidence):
        yield from check(scenario, situation, provenance, listed)
    yield from find_faults_of_features(situation.features, provenance)
    yield from _check_grades(situation, provenance, listed)
    yield from _check_errors(situation, provenance)
    yield from _check_times(situation)


def _check_mirror(
    _: Scenario, situation: Situation, provenance: Provenance, listed: dict[str, Json]
) -> Iterator[Fault]:
    """The sources of a map are the references of its text, at the same addresses."""
    for name, source in listed.items():
        if name == AUTHORS:
            grade = str(source.get("reliability", "A")), int(source.get("credibility", 1))
            if not _is_no_better(grade, BEST_JUDGEMENT):
                yield "the author's own judgement is C3 at best", ()
        elif name not in provenance.references:
            yield f"source {name} of the map is no reference", ()
        else:
            addresses = provenance.references[name].addresses
            if addresses and source.get("url") not in addresses:
                yield f"source {name} has another address on the map", ()
    for feature in situation.features:
        strange = [s.id for s in feature.sources if s.id not in listed]
        if strange or not (feature.sources or isinstance(feature, Claim)):
            yield "cites no source of the map", (feature.id,)


def find_faults_of_features(features: Iterable[Feature], provenance: Provenance) -> Iterator[Fault]:
    """Every feature but the claims has a row, and cites nothing that its rows do not."""
    for feature in (feature for feature in features if not isinstance(feature, Claim)):
        rows = [row for row in provenance.rows if row.names(feature.id)]
        told = {AUTHORS}.union(*(row.keys for row in rows))
        if not rows:
            yield "no row says where it comes from", (feature.id,)
        elif strange := sorted({source.id for source in feature.sources} - told):
            yield f"cites {', '.join(strange)}, and no row of it does", (feature.id,)


def shows(feature: Feature, what: str, listed: dict[str, Json]) -> bool:
    """Tell whether a source of a feature shows something, by the sources a map lists."""
    return any(what in listed.get(str(s.id), {}).get(SHOWS, ()) for s in feature.sources)


def _check_basis(
    _: Scenario, situation: Situation, __: Provenance, listed: dict[str, Json]
) -> Iterator[Fault]:
    """What no picture placed is a sketch."""
    for position in situation.of_kind(Position):
        if position.basis == "geolocated" and not shows(position, SHOWS_PLACE, listed):
            yield "geolocated, and no source of it shows a place", (position.id,)


def heavy_fire(situation: Situation) -> list[Feature]:
    """List what is graded F3 or F4: fire laid over the map, and ways with a grade of their own."""
    laid: list[Feature] = [f for f in situation.of_kind(Fire) if f.grade in HEAVY_FIRE]
    ways: list[Route | Crossing] = [*situation.of_kind(Route), *situation.of_kind(Crossing)]
    return [*laid, *(way for way in ways if way.fire in HEAVY_FIRE)]


def _lighten(feature: Feature) -> Feature:
    if isinstance(feature, Fire) and feature.grade in HEAVY_FIRE:
        return replace(feature, grade="F2")
    if isinstance(feature, (Route, Crossing)) and feature.fire in HEAVY_FIRE:
        return replace(feature, fire="F2")
    return feature


def _check_fire(
    scenario: Scenario, situation: Situation, _: Provenance, listed: dict[str, Json]
) -> Iterator[Fault]:
    """
    Heavy fire rests on an account of it, or is said to be the author's judgement.

    Where nobody reported it, it settles neither fire control nor C2 against C1, unless the ways are
    as bad without it.
    """
    heavy = heavy_fire(situation)
    for feature in heavy:
        known = {source.id for source in feature.sources}
        if not shows(feature, SHOWS_FIRE, listed) and AUTHORS not in known:
            yield "graded F3 or F4, and no source of it shows fire", (feature.id,)
    if not heavy or any(shows(feature, SHOWS_FIRE, listed) for feature in heavy):
        return
    features = tuple(map(_lighten, situation.features))
    lighter = judge(replace(situation, features=features), Options(most_worlds=0))
    only_c2 = "C2" in scenario.acceptable and "C1" not in scenario.acceptable
    if only_c2 and lighter.status.code != "C2":
        yield "nobody reported the fire: C2 is expected and C1 is not", ()
    settled = scenario.expected.get("definitions", {}).get("fire_control")
    if settled == "yes" and lighter.judged.definitions["fire_control"] != "yes":
        yield "nobody reported the fire: definitions.fire_control is not settled", ()


def _check_confidence(
    scenario: Scenario, _: Situation, provenance: Provenance, listed: dict[str, Json]
) -> Iterator[Fault]:
    """Confidence *high* rests on two accounts of different origin that somebody read."""
    if scenario.expected.get("history", {}).get("confidence") != "high":
        return
    read = [k for k, r in provenance.references.items() if r.reached != "Not reached."]
    origins = {listed.get(key, {}).get("origin", key) for key in read}
    if len(origins) < ACCOUNTS_FOR_HIGH:
        yield "confidence high, and no two accounts of different origin were read", ()


def _check_grades(
    situation: Situation, provenance: Provenance, listed: dict[str, Json]
) -> Iterator[Fault]:
    """
    No row is graded better than the sources that its features cite on the map.

    The letter says how reliable he is who tells it, and no second witness changes the first: it is
    that of the best source at most. The digit says how well the thing is borne out, which is what
    accounts of different origin do for each other; a single one bears out what itself is worth.
    """
    features = {feature.id: feature for feature in situation.features}
    for row in provenance.rows:
        if row.grade is None or row.is_judgement:  # a judgement has a check of its own
            continue
        for name in filter(row.names, features):
            cited = [listed[s.id] for s in features[name].sources if s.id in listed]
            if cited and not _is_no_better(row.grade, best := _best_grade(cited)):
                graded, borne = ("".join(map(str, grade)) for grade in (row.grade, best))
                yield f"graded {graded}, and its sources bear out {borne}", (name,)


def _best_grade(cited: list[Json]) -> tuple[str, int]:
    """Give the best grade that sources can bear out: the best letter, and 1 where they agree."""
    origins = {source.get("origin", source["id"]) for source in cited} - {AUTHORS, *GAZETTEERS}
    best = min(int(source.get("credibility", 6)) for source in cited)
    letter = min(str(source.get("reliability", "F")) for source in cited)
    return letter, 1 if len(origins) >= ACCOUNTS_THAT_AGREE else best


def _check_errors(situation: Situation, provenance: Provenance) -> Iterator[Fault]:
    """
    Ground is drawn with the error that its row states, and with none where no row states one.

    Positions are not asked: they stand somewhere along a line, and may have an error of their own.
    """
    for ground in situation.of_kind(Control):
        drawn, said = ground.location_error_m, provenance.error_of(ground.id) or 0.0
        if drawn != said:
            yield f"drawn ±{drawn:g} m, and its row says ±{said:g} m", (ground.id,)


def _check_times(situation: Situation) -> Iterator[Fault]:
    """Hours stand in order: nothing is seen after the map, and its claims are of its own days."""
    for feature in situation.features:
        if feature.observed_at and feature.observed_at > situation.as_of:
            yield "observed after the map's as_of", (feature.id,)
        if isinstance(feature, Claim) and feature.made_at:
            age = situation.as_of - feature.made_at
            if age < -CLAIM_AFTER:
                yield "said after the day of the map", (feature.id,)
            elif age > CLAIM_BEFORE:
                yield f"said {age.days} days before the map, of other lines", (feature.id,)
