"""What commands over many maps share: maps listed, scanned, followed, and what went wrong told."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.cli.terminal import echo, guard, refuse, show_progress
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from encircle.archive.files import MapEntry
    from encircle.archive.keeping import Kept
    from encircle.archive.linking import Story
    from encircle.archive.scan import DrawnPiece, Scan

Json = dict[str, Any]


def scan_all(maps: Sequence[str], found: Found) -> None:
    """Scan all maps given, and follow their pieces."""
    with ExitStack() as archives:
        groups = found.list_maps(maps, archives)
        with show_progress("Scanning", len(groups)) as step:
            for group in groups:
                found.scan(group)
                step(group)
        found.finish()


class Found:
    """What is found, map by map; a map that cannot be read is told, and the rest done."""

    def __init__(
        self,
        side: str | None,
        preset: str | None,
        border: Mapping[str, Any] | None,
        kept: Kept,
        proofs: Path | None = None,
    ) -> None:
        self.side, self.preset, self.border = side, preset, border
        self.kept, self.proofs = kept, proofs
        self.scans: list[Scan] = []
        self.faults: dict[str, list[str]] = {}
        self.stories: list[Story] = []
        self.stale: dict[tuple[str, str, str], str] = {}
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

    def scan(self, group: Sequence[MapEntry]) -> None:
        """Scan one map."""
        from encircle.archive.scan import scan_files
        from encircle.errors import EncircleError, SituationError

        try:
            scans = scan_files(
                [entry.to_file() for entry in group], side=self.side, preset=self.preset,
                border=self.border, kept=self.kept,
            )  # fmt: skip
            for scan in scans:
                self._take(scan, group)
            if self.proofs:
                self._prove(group)
        except SituationError as error:
            self.faults[group[0].name] = [str(fault) for fault in error.faults]
        except (EncircleError, OSError) as error:
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

    def _prove(self, group: Sequence[MapEntry]) -> None:
        from encircle.verdict.judgement import write_json

        assert self.proofs is not None  # noqa: S101 - asked by the caller
        self.proofs.mkdir(parents=True, exist_ok=True)
        for piece in self._draw(group):
            path = self.proofs / f"{piece.name}.situation.geojson"
            path.write_bytes(write_json(piece.situation))
            path.with_name(f"{piece.name}.judgement.json").write_bytes(piece.judgement.to_json())

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
        if self.kept.fault:
            echo(f"Notice: {self.kept.fault}; the answers are whole", err=True)
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
            [entry.to_file() for entry in after], story.last.piece.geometry,
            story.side, preset=self.preset, border=self.border, kept=self.kept,
        )  # fmt: skip
        story.events[-1] = replace(event, left_share=share)

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
        unread = [f"{name} could not be read: {'; '.join(told)}"
                  for name, told in self.faults.items()]  # fmt: skip
        for name, raw in write_gallery(self.stories, drawn, unread):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)

    def _draw(
        self, group: Sequence[MapEntry], wanted: Container[tuple[str, str]] | None = None
    ) -> Iterator[DrawnPiece]:
        from encircle.archive.scan import draw_pieces

        files = [entry.to_file() for entry in group]
        return draw_pieces(
            files, side=self.side, preset=self.preset, border=self.border, wanted=wanted
        )

    def documents(self) -> list[Json]:
        """Give the contract's documents, one a map and side, those of unread maps last."""
        said = []
        for scan in self.scans:
            first = self.stale.get((scan.map, scan.as_of, scan.side))
            more: Json = {} if first is None else {"same_as": first}
            said.append({**scan.to_dict(), **more})
        return [*said, *({"map": name, "errors": told} for name, told in self.faults.items())]
