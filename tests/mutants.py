"""
Whether the fast loop notices a line that is broken: python -m tests.mutants COUNT SEED [near].

Each mutant is one small change somewhere in the modules that decide and prove: a comparison turned,
a bound let in or out, `and` for `or`, a `not` dropped, a number one off. It is made in a copy of
the tree, and the fast loop is run on it; whoever fails, kills it. What lives is printed with its
place, to be killed by a test or shown to be the same program. With *near*, only the tests of the
broken room are asked: seconds instead of a minute, and what they kill, the fast loop kills.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
UNIT = "tests/unit"
ROOMS = {
    "encircle/network": (
        f"{UNIT}/network", f"{UNIT}/test_network.py", f"{UNIT}/test_ground.py",
        f"{UNIT}/test_joins.py", f"{UNIT}/test_joints.py", f"{UNIT}/test_overlay.py",
        f"{UNIT}/test_location_error.py", f"{UNIT}/test_map_edge.py", f"{UNIT}/test_sea_access.py",
    ),
    "encircle/verdict": (
        f"{UNIT}/verdict", f"{UNIT}/test_margins.py", f"{UNIT}/test_confidence.py",
        f"{UNIT}/test_contradiction.py", f"{UNIT}/test_fire_beside.py", f"{UNIT}/test_exposure.py",
    ),
    "encircle/verifier": (f"{UNIT}/verifier", f"{UNIT}/test_verify.py"),
    "encircle/map/evidence.py": (f"{UNIT}/test_evidence.py",),
}  # fmt: skip
"""What is broken, and the tests that are asked first because they lie nearest."""
SPARED = ("explain.py", "saying.py", "sentences.py", "words.py", "said.py", "__init__.py")
"""Words and not verdicts: held by other tests than the fast loop's."""
TURNED: dict[type, str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.BitAnd: "|", ast.BitOr: "&",
}  # fmt: skip
OTHER = {"any": "all", "all": "any", "min": "max", "max": "min"}
LOOP = ("-n", "2", "--dist", "loadfile", "-m", "fast")
SECONDS = 900
"""How long a run of the tests may take before the mutant counts as killed: it hangs."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file, the line, and the text it has instead: from `start` to `end`, in characters."""

    path: Path
    line: int
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        source = self.path.read_text("utf-8")
        before, after = source[: self.start], source[self.end :]
        head, tail = before.rpartition("\n")[2], after.partition("\n")[0]
        was = source[self.start : self.end]
        name = self.path.relative_to(ROOT)
        return f"{name}:{self.line}: {head.lstrip()}«{was}» → «{self.text}»{tail}"


class _Finder(ast.NodeVisitor):
    """Lists the mutants of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path.read_text("utf-8")
        self.starts = [0]
        for line in self.source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.found: list[Mutant] = []
        self.visit(ast.parse(self.source))

    def _at(self, line: int, column: int) -> int:
        text = self.source[self.starts[line - 1] : self.starts[line]]
        return self.starts[line - 1] + len(text.encode()[:column].decode())

    def _span(self, node: ast.expr) -> tuple[int, int]:
        return self._at(node.lineno, node.col_offset), self._at(
            node.end_lineno or node.lineno, node.end_col_offset or 0
        )

    def _put(self, node: ast.expr, start: int, end: int, text: str) -> None:
        self.found.append(Mutant(self.path, node.lineno, start, end, text))

    def _between(self, left: ast.expr, right: ast.expr, text: str) -> None:
        """Replace the operator that stands between two operands."""
        start, end = self._span(left)[1], self._span(right)[0]
        between = self.source[start:end]
        inner = between.strip().lstrip(")").rstrip("(").strip()
        if not inner or "\n" in inner or "#" in inner:
            return
        at = start + between.index(inner)
        self._put(right, at, at + len(inner), text)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, node.comparators, strict=False):
            self._between(left, right, TURNED[type(operator)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in TURNED and not _is_text(node):
            self._between(node.left, node.right, TURNED[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, other)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start, _ = self._span(node)
            self._put(node, start, start + len("not"), "")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "field":  # how a value is printed and compared
            return
        if name in OTHER:
            self._put(node.func, *self._span(node.func), OTHER[name])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._put(node, *self._span(node), str(not node.value))
        elif isinstance(node.value, int):
            self._put(node, *self._span(node), str(node.value + 1))

    # What is only said, or only for the type checker, decides nothing.
    def visit_Raise(self, node: ast.Raise) -> None: ...
    def visit_JoinedStr(self, node: ast.JoinedStr) -> None: ...
    def visit_arg(self, node: ast.arg) -> None: ...
    def visit_ImportFrom(self, node: ast.ImportFrom) -> None: ...

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body):
            self.visit(part)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)


def _is_text(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )


def find_mutants(root: Path = ROOT) -> Iterator[Mutant]:
    """All mutants of the modules that decide and prove, in the order of their files."""
    for room in ROOMS:
        path = root / room
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if file.name not in SPARED:
                yield from _Finder(file).found


def try_out(mutant: Mutant, tree: Path, *, near: bool = False) -> str | None:
    """The first test that fails with `mutant` in `tree`, a copy of this one; None if none does."""
    name = mutant.path.relative_to(ROOT)
    source = mutant.path.read_text("utf-8")
    broken = source[: mutant.start] + mutant.text + source[mutant.end :]
    (tree / name).write_text(broken, "utf-8")
    room = next(room for room in ROOMS if name.is_relative_to(room))
    try:
        for tests in [ROOMS[room]] if near else [ROOMS[room], LOOP]:
            killer = _run(tree, tests)
            if killer is not None:
                return killer
    finally:
        (tree / name).write_text(source, "utf-8")
    return None


def _run(tree: Path, tests: Sequence[str]) -> str | None:
    call = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [*call, *tests], cwd=tree, env=environment, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode == 0:
        return None
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0] if failed else f"pytest ended with {done.returncode}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(count: int, seed: int, *, near: bool = False) -> int:
    """Try `count` mutants drawn by `seed`; the number that live."""
    drawn = random.Random(seed).sample(sorted(find_mutants(), key=str), count)  # noqa: S311
    lives = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__"))
        alive = _run(tree, LOOP)
        if alive is not None:
            sys.stderr.write(f"the fast loop fails before anything is broken: {alive}\n")
            return 2
        for number, mutant in enumerate(drawn, 1):
            killer = try_out(mutant, tree, near=near)
            _say(f"{number}/{count} {killer or 'LIVES'}\n    {mutant}")
            if killer is None:
                lives.append(mutant)
    _say(
        f"{count - len(lives)} of {count} killed by the {'nearest tests' if near else 'fast loop'}"
    )
    for mutant in lives:
        _say(f"lives: {mutant}")
    return int(bool(lives))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["near"]):
        sys.exit("usage: python -m tests.mutants COUNT SEED [near]")
    sys.exit(main(*map(int, sys.argv[1:3]), near=len(sys.argv) == 4))
