"""Nothing that is put out calls anything certain: the terms are ICD 203's seven, and no others."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [
    path
    for room in ("encircle", "api")
    for path in (ROOT / room).rglob("*.py")
    if "lexicon" not in path.parts  # words that are read, and never put out
]
CERTAINTY = re.compile(r"(?<!un)\bcertain(ly|ty)?\b|\bimpossible\b|\bsurely\b", re.IGNORECASE)


def list_texts(tree):
    """Give every text of a module that is no docstring."""
    notes = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value


def test_the_word_is_found_where_it_stands():
    tree = ast.parse('"""Surely a note."""\nsaid = f"it {1} would surely close"')
    assert [t for t in list_texts(tree) if CERTAINTY.search(t)] == [" would surely close"]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_the_product_speaks_of_certainty(module):
    texts = list_texts(ast.parse(module.read_text()))
    found = [t for t in texts if CERTAINTY.search(t.replace("almost certain", ""))]
    assert not found


def test_rules_are_sentences_too():
    from encircle.verdict.rules import RULES

    assert not [rule.name for rule in RULES if CERTAINTY.search(rule.sentence)]
