"""The page a browser is given: its built files, and what they may do."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
"""What `api/web` is built into; it comes with the package, so that nobody needs Node."""
INDEX = "index.html"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
STAMPED = re.compile(r"-[\w-]{8}\.\w+$")
"""The name of such a file changes with its content."""
ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",  # pictures of the map, made by the page itself
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",  # MapLibre starts its worker from its own text
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
POLICY = "; ".join(f"{what} {whose}" for what, whose in ALLOWED.items())
"""Nothing of anybody else's, no script in a text, no style in a tag (CSP level 3)."""


@dataclass(frozen=True, slots=True)
class File:
    """One built file."""

    raw: bytes
    media_type: str
    tag: str
    kept: str
    """How long a browser may do without asking, as `Cache-Control` says it."""


@cache
def read_files() -> dict[str, File]:
    """Read every built file, by name; none where the page was not built."""
    if not STATIC.is_dir():
        return {}
    found = sorted(path for path in STATIC.rglob("*") if path.is_file() and path.suffix in TYPES)
    return {path.relative_to(STATIC).as_posix(): _read(path) for path in found}


def _read(path: Path) -> File:
    raw = path.read_bytes()
    tag = f'"{hashlib.sha256(raw).hexdigest()[:20]}"'
    return File(raw, TYPES[path.suffix], tag, FOR_EVER if STAMPED.search(path.name) else ASK_AGAIN)
