"""
What the site has beside docs/: the README as its first page, decisions, and the sources of history.

A link that leads out of docs/ leads to such a page; one to a file of code is written as
plain words.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
BESIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "fixtures/README.md": "adding-history.md",
    ".github/SECURITY.md": "security.md",
    ".github/CODE_OF_CONDUCT.md": "conduct.md",
    **{
        f"fixtures/{path.parent.name}/SOURCES.md": f"sources/{path.parent.name}.md"
        for path in sorted(ROOT.glob("fixtures/*/SOURCES.md"))
    },
}
"""Pages that lie elsewhere in the repository, by their path there."""
LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<to>[^()\s]+)\)")
IMAGE = re.compile(r"!\[(?P<text>[^\]]*)\]\((?P<to>[^()\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the decisions by number, and the sources of history by name, behind the other pages."""
    decisions = sorted(ROOT.glob("docs/decisions/*.md"))
    told = [{_title(path): f"decisions/{path.name}"} for path in decisions]
    sources = [{place[8:-3]: place} for place in BESIDE.values() if place.startswith("sources/")]
    project = [{"Security": "security.md"}, {"Conduct": "conduct.md"}]
    config.nav[-1]["Project"] += project
    config.nav += [{"Decisions": told}, {"Sources of history": sources}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere."""
    for path, place in BESIDE.items():
        files.append(File.generated(config, place, content=(ROOT / path).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Point links at where their pages stand on the site."""
    own = next((p for p, place in BESIDE.items() if place == page.file.src_uri), None)
    here = PurePosixPath(own or f"docs/{page.file.src_uri}").parent
    depth = page.file.src_uri.count("/")
    fences = re.split(r"(```.*?```)", markdown, flags=re.DOTALL)
    for i in range(0, len(fences), 2):
        for pattern in (LINK, IMAGE):
            fences[i] = pattern.sub(lambda m: _lead(m, here, depth), fences[i])
    return "".join(fences)


def _lead(found: re.Match[str], here: PurePosixPath, depth: int) -> str:
    to, _, anchor = found["to"].partition("#")
    if not to or re.match(r"[a-z]+:", to):
        return found[0]
    path = _resolve(here / to)
    place = BESIDE.get(path) or (path[5:] if path.startswith("docs/") else None)
    is_page = place is not None and (place in BESIDE.values() or (ROOT / "docs" / place).is_file())
    if not is_page or str(place).endswith((".json", ".py")):
        return found["text"]
    mark = "!" if found[0].startswith("!") else ""
    return f"{mark}[{found['text']}]({'../' * depth}{place}{f'#{anchor}' if anchor else ''})"


def _resolve(path: PurePosixPath) -> str:
    kept: list[str] = []
    for part in path.parts:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _title(path: Path) -> str:
    return path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ")
