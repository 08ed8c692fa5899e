"""The page on Python: every example gives what it says."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_page_on_python_runs_as_it_is_written():
    text = PAGE.read_text("utf-8").replace("```\n", "\n").replace("```python\n", "\n")
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner(verbose=False)
    told = runner.run(parser.get_doctest(text, {}, PAGE.name, str(PAGE), 0))
    assert told.attempted > 15
    assert told.failed == 0
