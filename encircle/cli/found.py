"""What commands over many maps share: maps listed, scanned, followed, and what went wrong told."""

from __future__ import annotations

import platform
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from encircle.cli.terminal import echo, guard, put, refuse, show_progress
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from encircle.archive.files import MapEntry
    from encircle.archive.fleet import Failed
    from encircle.archive.linking import Story
    from encircle.archive.scan import DrawnPiece, Scan
    from encircle.formats.publishers.presets import MapFile

Json = dict[str, Any]


def scan_all(
    maps: Sequence[str], found: Found, workers: int | None = None, scheduler: str | None = None
) -> None:
    """Scan all maps given, on so many processes or a cluster, and follow their pieces."""
    from encircle.archive.fleet import work_through

    if workers is not None and scheduler is not None:
        refuse("--workers would do nothing beside --scheduler, which has workers of its own")
    with ExitStack() as archives:
        groups = found.list_maps(maps, archives)
        count = workers or (count_processors() if len(groups) >= MANY_MAPS else 1)
        loads = (partial(_load, group) for group in groups)
        task = ScanTask(
            found.side, found.preset, found.border,
            found.far_folder if scheduler else found.kept.folder,
            prove=bool(found.proofs), is_far=scheduler is not None,
        )  # fmt: skip
        with show_progress("Scanning", len(groups)) as step:
            answers = work_through(
                task, loads, workers=count, scheduler=scheduler,
                on_told=lambda told: echo(f"Notice: {told}", err=True),
            )  # fmt: skip
            for group in groups:
                answer = guard(lambda: next(answers))
                found.take(answer, group)
                step(group)
        found.finish()


MANY_MAPS = 8
"""From so many maps on it is worth starting more processes, if nobody says how many: each loads
the library anew, which takes as long as a map."""


def count_processors() -> int:
    """Count the processors that this process may use."""
    import os

    affine = getattr(os, "sched_getaffinity", None)  # Linux alone knows
    return len(affine(0)) if affine else os.cpu_count() or 1


def _load(group: Sequence[MapEntry]) -> list[MapFile]:
    return [entry.to_file() for entry in group]


@dataclass(frozen=True, slots=True)
class ScanTask:
    """How maps are scanned; it travels to whichever process does it."""

    side: str | None
    preset: str | None
    border: Mapping[str, Any] | None
    folder: Path | Literal["own"] | None
    """Where answers are kept, on the machine that finds them."""
    prove: bool
    is_far: bool = False
    """Whether that may be another machine: then what goes wrong on it is told with its name."""

    def __call__(self, files: Sequence[MapFile]) -> Scanned:
        """Scan the files of one map."""
        from encircle.archive.keeping import open_kept
        from encircle.archive.scan import draw_pieces, scan_files
        from encircle.verdict.judgement import write_json

        kept = open_kept(self.folder)
        scans = scan_files(files, side=self.side, preset=self.preset, border=self.border, kept=kept)
        proofs = {}
        if self.prove:
            for piece in draw_pieces(files, side=self.side, preset=self.preset, border=self.border):
                proofs[f"{piece.name}.situation.geojson"] = write_json(piece.situation)
                proofs[f"{piece.name}.judgement.json"] = piece.judgement.to_json()
        where = f"on {platform.node()} " if self.is_far else ""
        return Scanned(scans, proofs, kept.fault and where + kept.fault)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found on one map."""

    scans: list[Scan]
    proofs: dict[str, bytes]
    """Files by their names."""
    fault: str | None
    """Why nothing more is kept, where that was."""


class Found:
    """What is found, map by map; a map that cannot be read is told, and the rest done."""

    def __init__(
        self,
        side: str | None,
        preset: str | None,
        border: Mapping[str, Any] | None,
        *,
        cache: Path | None = None,
        fresh: bool = False,
        proofs: Path | None = None,
    ) -> None:
        from encircle.archive.keeping import OWN, Kept, find_folder

        self.side, self.preset, self.border = side, preset, border
        self.proofs = proofs
        self.kept = Kept(None if fresh else cache or find_folder())
        self.far_folder: Path | Literal["own"] | None = (
            None if fresh else cache.absolute() if cache else OWN
        )
        """Where workers of a cluster keep answers: our home is not there, or is not theirs."""
        self.unkept: dict[str, None] = {}
        """Why answers are kept no longer, each machine once."""
        self.scans: list[Scan] = []
        self.faults: dict[str, list[str]] = {}
        self.stories: list[Story] = []
        self.stale: dict[tuple[str, str, str, str], str] = {}
        self.groups: dict[tuple[str, str, str], Sequence[MapEntry]] = {}
        """Files by mapper, side and instant."""

    def list_maps(self, maps: Sequence[str], archives: ExitStack) -> list[tuple[MapEntry, ...]]:
        """List the maps given; what else lies beside them is told."""
        from encircle.archive.files import group_layers, list_maps, read_stdin

        given = [name for name in maps if name != "-"]
        listing = archives.enter_context(guard(lambda: list_maps(given)))
        if listing.passed_over:
            many = number_of(len(listing.passed_over), "file")
            some = ", ".join(listing.passed_over[:5])
            echo(f"Passed over {many} that {'are' if many[0] != '1' else 'is'} no map: {some}",
                 err=True)  # fmt: skip
        groups = list(group_layers(listing.entries))
        if "-" in maps:
            groups.append((read_stdin(sys.stdin.buffer.read()),))
        if not groups:
            refuse("no map was found there; give files that end in .geojson, .json, .kml or .kmz")
        return groups

    def take(self, answer: Scanned | Failed, group: Sequence[MapEntry]) -> None:
        """Take what was found on one map, or why it was not looked at."""
        from encircle.archive.fleet import Failed
        from encircle.archive.timeline import SameInstantError

        if isinstance(answer, Failed):
            self.faults[group[0].name] = [*answer.told]
            return
        if answer.fault:
            self.unkept[answer.fault] = None
        try:
            for scan in answer.scans:
                self._take(scan, group)
            if self.proofs:
                self.proofs.mkdir(parents=True, exist_ok=True)
                for name, raw in answer.proofs.items():
                    put(self.proofs / name, raw)
        except (SameInstantError, OSError) as error:
            self.faults[group[0].name] = [str(error)]

    def _take(self, scan: Scan, group: Sequence[MapEntry]) -> None:
        """Take what one map shows of a side, once: the same map may lie in two places."""
        from encircle.archive.timeline import SameInstantError

        key = self._key(scan)
        if key not in self.groups:
            self.groups[key] = group
            self.scans.append(scan)
        elif not any(s.drawing == scan.drawing for s in self.scans if self._key(s) == key):
            raise SameInstantError(scan.as_of)

    @staticmethod
    def _key(scan: Scan) -> tuple[str, str, str]:
        return scan.mapper, scan.side, scan.as_of

    def finish(self) -> None:
        """Follow the pieces from map to map, and tell what went wrong."""
        from encircle.archive.linking import date_pieces, find_stale, link

        self.scans.sort(key=lambda s: (s.as_of, s.mapper, s.side))
        self.stories = link(self.scans)
        for story in self.stories:
            self._look_after(story)
        self.stale = find_stale(self.scans)
        if len({scan.as_of for scan in self.scans}) > 1:
            self.scans = date_pieces(self.scans, self.stories)
        for name, faults in self.faults.items():
            for fault in faults:
                echo(f"error: {name}: {fault}", err=True)
        for fault in dict.fromkeys([*self.unkept, *filter(None, [self.kept.fault])]):
            echo(f"Notice: {fault}; the answers are whole", err=True)
        if self.side and not self.scans and not self.faults:
            refuse(f"no map here has a side {self.side!r}; UA and RU are those of maps of control")

    def _look_after(self, story: Story) -> None:
        """Ask the map on which a pocket is gone what became of its ground."""
        from dataclasses import replace

        from encircle.archive.scan import measure_left

        event = story.events[-1]
        if event.what != "gone" or story.last.piece.kind != "pocket":
            return
        after = self.groups[story.mapper, story.side, event.after]
        share = measure_left(
            _load(after), story.last.piece.geometry,
            story.side, preset=self.preset, border=self.border, kept=self.kept,
        )  # fmt: skip
        story.events[-1] = replace(event, left_share=share)

    def list_notices(self) -> list[Json]:
        """List what is told of the maps, and which of them could not be read."""
        from encircle.archive.export import list_notices

        return list_notices(self.scans, self.faults)

    def say_doubts(self, *, of_unread: bool = True) -> list[str]:
        """Say what holds confidence in the maps down, each sentence once."""
        from encircle.archive.export import UNREAD, group_notices

        return group_notices(
            [
                notice
                for notice in self.list_notices()
                if notice["severity"] == "doubt" and (of_unread or notice["code"] != UNREAD)
            ]
        )

    def write_gallery(self, folder: Path) -> None:
        """Write a page for each pocket, with the days of it that are shown drawn anew."""
        from encircle.archive.gallery import choose_days, list_pockets, write_gallery

        wanted: dict[tuple[str, str, str], dict[tuple[str, str], str]] = {}
        for story in list_pockets(self.stories):
            days = choose_days(story)
            for sight in story.sights:
                if sight.as_of in days:
                    key = story.mapper, story.side, sight.as_of
                    wanted.setdefault(key, {})[story.side, sight.piece.id] = story.id
        drawn: dict[tuple[str, str], dict[str, DrawnPiece]] = {}
        with show_progress("Drawing", len(wanted)) as step:
            for key, named in wanted.items():
                for piece in self._draw(self.groups[key], named):
                    of = key[0], named[piece.side, piece.id]
                    drawn.setdefault(of, {})[key[2]] = piece
                step(key)
        try:
            for name, raw in write_gallery(self.stories, drawn, self.say_doubts()):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                put(path, raw)
        except OSError as error:
            refuse(f"--gallery {folder}: {error.strerror or error}; name a folder, or none yet")

    def _draw(
        self, group: Sequence[MapEntry], wanted: Container[tuple[str, str]]
    ) -> Iterator[DrawnPiece]:
        from encircle.archive.scan import draw_pieces

        return draw_pieces(
            _load(group), side=self.side, preset=self.preset, border=self.border, wanted=wanted
        )

    def documents(self) -> list[Json]:
        """Give the contract's documents, one a map and side, those of unread maps last."""
        said = []
        for scan in self.scans:
            first = self.stale.get((scan.mapper, scan.map, scan.as_of, scan.side))
            more: Json = {} if first is None else {"same_as": first}
            said.append({**scan.to_dict(), **more})
        return [*said, *({"map": name, "errors": told} for name, told in self.faults.items())]
