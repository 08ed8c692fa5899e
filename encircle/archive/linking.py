"""What becomes of each piece of held ground from map to map: born, split, merged, gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from encircle.archive.changes import GroundChange, size_changes
from encircle.formats.pieces.following import SAME_SHARE, measure_shared
from encircle.map.plane.projection import GEOD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.archive.scan import Scan, ScannedPiece

Json = dict[str, Any]

MOVED_M = 5_000.0
"""A piece whose middle shifts by more than this from map to map has moved, metres: a brigade's
sector."""

HELD_STILL = 0.5
"""A piece that is gone was joined to its rear, and not lost, if this share of it is held still."""

WORDS = {
    "born": "seen first",
    "split": "split off",
    "merged": "became one with another",
    "moved": "moved",
    "opened": "opened",
    "closed": "closed in",
    "gone": "no piece any more",
}
"""What people call an event."""

CLOSED_IN = {"not_encircled": 0, "contested": 1, "encircled": 2}
"""Verdicts by how far closed in a piece is; what else there is, is no opening and no closing."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A piece as one map shows it."""

    scan: Scan
    piece: ScannedPiece

    @property
    def as_of(self) -> str:
        """The instant of the map."""
        return self.scan.as_of


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a piece between two maps, or with the first that shows it."""

    what: str
    """`born`, `split`, `merged`, `moved`, `opened`, `closed` or `gone`."""
    before: str | None
    """Instant of the map before; None on the first map."""
    after: str
    with_: str | None = None
    """The story it split off from, or merged into."""
    ground: tuple[GroundChange, ...] = ()
    """Where the piece lost and gained ground between the two maps, the largest first."""
    left_share: float | None = None
    """Of a piece that is gone, how much of its ground is held still; None where nobody looked."""

    @property
    def statement(self) -> str:
        """What happened, in words."""
        told = ", ".join(map(str, self.ground))
        when = f"between {self.before[:10]} and {self.after[:10]}" if self.before else (
            f"on {self.after[:10]}, the first map"
        )  # fmt: skip
        kin = f" ({self.with_})" if self.with_ else ""
        became = ""
        if self.left_share is not None:
            became = " and joined to its rear" if self.left_share >= HELD_STILL else ", mostly lost"
        return f"{WORDS[self.what]}{kin}{became} {when}" + (f": {told}" if told else "")

    def to_dict(self) -> Json:
        """Give the event."""
        said: Json = {
            "event": self.what,
            "from": self.before,
            "to": self.after,
            "statement": self.statement,
            "ground": [change.to_dict() for change in self.ground],
        }
        if self.with_ is not None:
            said["with"] = self.with_
        if self.left_share is not None:
            said["left_share"] = round(self.left_share, 3)
        return said


@dataclass
class Story:
    """One piece of ground followed over the maps of one mapper."""

    id: str
    side: str
    mapper: str
    sights: list[Sight] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def last(self) -> Sight:
        """The piece as it was seen last."""
        return self.sights[-1]

    @property
    def largest(self) -> Sight:
        """The piece on the first map that shows most of it."""
        return max(self.sights, key=lambda s: s.piece.area_km2)

    @property
    def most_telling(self) -> Sight:
        """The piece at its largest as a pocket; of one that never was, at its largest."""
        pockets = [s for s in self.sights if s.piece.kind == "pocket"]
        return max(pockets or self.sights, key=lambda s: s.piece.area_km2)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it was, in order, each once."""
        return tuple(dict.fromkeys(s.piece.kind for s in self.sights))

    def to_dict(self) -> Json:
        """Give the story with its series and what happened."""
        return {
            "story": self.id,
            "side": self.side,
            "mapper": self.mapper,
            "nearest_place": self.largest.piece.nearest_place,
            "first": self.sights[0].as_of,
            "last": self.last.as_of,
            "maps": len(self.sights),
            "series": [_sum_up(sight) for sight in self.sights],
            "events": [event.to_dict() for event in self.events],
        }


def _sum_up(sight: Sight) -> Json:
    piece = sight.piece
    return {
        "as_of": sight.as_of,
        "id": piece.id,
        "kind": piece.kind,
        "area_km2": piece.area_km2,
        "area_uncertain_km2": piece.area_uncertain_km2,
        "verdict": piece.proved.verdict,
        "status": piece.proved.status["code"],
        "neck_width_m": piece.proved.neck_width_m,
    }


def link(scans: Sequence[Scan]) -> list[Story]:
    """
    Follow the pieces of many maps, mapper by mapper and side by side.

    Returns
    -------
    stories
        In order of their first maps, then of place. Of two pieces that share ground with one, the
        larger share goes on; the other begins or ends there.

    Notes
    -----
    Two pieces are one if they share `SAME_SHARE` of the smaller, as wherever a piece is followed.
    """
    stories: list[Story] = []

    def order(scan: Scan) -> tuple[str, str, str]:
        return scan.mapper, scan.side, scan.as_of

    for (mapper, side), run in groupby(sorted(scans, key=order), key=lambda s: (s.mapper, s.side)):
        stories += _link_run(mapper, side, list(run), len(stories))
    return stories


def _link_run(mapper: str, side: str, scans: Sequence[Scan], known: int) -> list[Story]:
    stories: list[Story] = []
    alive: list[Story] = []

    def begin(sight: Sight) -> Story:
        story = Story(f"story-{known + len(stories) + 1}", side, mapper, [sight])
        stories.append(story)
        return story

    before: str | None = None
    for scan in scans:
        alive = _step(alive, [Sight(scan, piece) for piece in scan.pieces], before, scan, begin)
        before = scan.as_of
    return stories


def _step(
    alive: Sequence[Story],
    sights: Sequence[Sight],
    before: str | None,
    scan: Scan,
    begin: Any,  # noqa: ANN401 - begins a story
) -> list[Story]:
    """Carry the stories over to the next map."""
    links = sorted(_find_links(alive, sights), key=lambda one: (-round(one[0], 9), one[1], one[2]))
    heirs: dict[int, int] = {}
    for _, old, new in links:
        if old not in heirs and new not in heirs.values():
            heirs[old] = new
    taken = {new: alive[old] for old, new in heirs.items()}
    for old, new in heirs.items():
        _go_on(alive[old], sights[new])
    for number, sight in enumerate(sights):
        if number not in taken:
            story = begin(sight)
            parent = next((old for _, old, new in links if new == number), None)
            came = "born" if parent is None else "split"
            kin = None if parent is None else alive[parent].id
            story.events.append(Event(came, before, scan.as_of, kin))
            taken[number] = story
    for number, story in enumerate(alive):
        if number not in heirs:
            into = next((new for _, old, new in links if old == number), None)
            went = "gone" if into is None else "merged"
            kin = None if into is None else taken[into].id
            story.events.append(Event(went, before, scan.as_of, kin))
    return [taken[number] for number in range(len(sights))]


def _find_links(
    alive: Sequence[Story], sights: Sequence[Sight]
) -> Iterator[tuple[float, int, int]]:
    """Find which pieces share ground: how much, which story, which piece."""
    for old, story in enumerate(alive):
        for new, sight in enumerate(sights):
            area, share = measure_shared(story.last.piece.geometry, sight.piece.geometry)
            if share >= SAME_SHARE:
                yield area, old, new


def _go_on(story: Story, sight: Sight) -> None:
    was, now = story.last.piece, sight.piece
    turns = list(_find_turns(was, now))
    if turns:
        lost = was.geometry.difference(now.geometry)
        ground = tuple(size_changes(lost, now.geometry.difference(was.geometry)))
        story.events += [
            Event(what, story.last.as_of, sight.as_of, ground=ground) for what in turns
        ]
    story.sights.append(sight)


def _find_turns(was: ScannedPiece, now: ScannedPiece) -> Iterator[str]:
    """Find what of a piece is otherwise on the next map."""
    one, other = (CLOSED_IN.get(p.proved.verdict) for p in (was, now))
    if one is not None and other is not None and one != other:
        yield "closed" if other > one else "opened"
    _, _, apart_m = GEOD.inv(*was.at, *now.at)
    if apart_m > MOVED_M:
        yield "moved"


def date_pieces(scans: Sequence[Scan], stories: Sequence[Story]) -> list[Scan]:
    """Say of each piece since when it is what it is: of one kind on every map in a row."""
    since: dict[tuple[str, str, str, str], str] = {}
    for story in stories:
        first = story.sights[0].as_of
        for one, other in pairwise([story.sights[0], *story.sights]):
            first = other.as_of if other.piece.kind != one.piece.kind else first
            since[story.mapper, other.as_of, story.side, other.piece.id] = first
    return [
        replace(
            scan,
            pieces=tuple(
                replace(p, since=since[scan.mapper, scan.as_of, scan.side, p.id])
                for p in scan.pieces
            ),
        )
        for scan in scans
    ]


def find_stale(scans: Sequence[Scan]) -> dict[tuple[str, str, str, str], str]:
    """
    Find maps that only redate the map before: the same drawing, a new day.

    Returns
    -------
    stale
        By mapper, map, instant and side the instant of the first map in a row that drew the same:
        two mappers' files may be called alike.
    """
    stale: dict[tuple[str, str, str, str], str] = {}
    ordered = sorted(scans, key=lambda s: (s.mapper, s.side, s.as_of))
    for one, other in pairwise(ordered):
        same = one.drawing == other.drawing and one.mapper == other.mapper
        if same and one.side == other.side and one.as_of != other.as_of:
            first = stale.get((one.mapper, one.map, one.as_of, one.side), one.as_of)
            stale[other.mapper, other.map, other.as_of, other.side] = first
    return stale
