"""Which files start first, and which are the fast loop."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent

GIANTS = (
    "golden/test_golden.py",
    "historical/test_beside_real_maps.py",
    "historical/test_real_mappers.py",
    "historical/test_real_archive.py",
    "historical/test_snapshots.py",
    "historical/test_real_claims.py",
    "historical/test_fixtures.py",
    "unit/test_verify.py",
    "unit/test_picture.py",
    "property/test_laws.py",
    "historical/test_mutations.py",
    "api/test_schemathesis.py",
    "api/test_attacks.py",
    "unit/verifier/test_verifier.py",
    "unit/test_cli_out.py",
    "property/test_forgeries.py",
    "unit/likelihood/test_sampling.py",
    "property/test_rough.py",
    "unit/test_deadline.py",
    "unit/test_sea_access.py",
    "api/test_content.py",
    "unit/test_exposure.py",
    "unit/test_supposition.py",
    "unit/test_report.py",
    "historical/test_claims.py",
    "property/test_confidence_laws.py",
    "property/test_forger.py",
    "unit/test_near_degenerate.py",
    "api/test_limits.py",
    "property/test_oracle.py",
    "unit/test_cli.py",
    "unit/test_docs.py",
)
"""Ten seconds and more of processor time each: started last, one worker would wait for another.
Those of the long runs first, then longest first, as `--durations=0` adds up; compiling in the first
run counts."""

FAST = (
    "property/test_oracle.py",
    "unit/network",
    "unit/test_baselines.py",
    "unit/test_confidence.py",
    "unit/test_contradiction.py",
    "unit/test_evidence.py",
    "unit/test_exposure.py",
    "unit/test_fire_beside.py",
    "unit/test_ground.py",
    "unit/test_joins.py",
    "unit/test_joints.py",
    "unit/test_location_error.py",
    "unit/test_map_edge.py",
    "unit/test_margins.py",
    "unit/test_network.py",
    "unit/test_outline.py",
    "unit/test_overlay.py",
    "unit/test_sea_access.py",
    "unit/test_verify.py",
    "unit/verdict",
    "unit/verifier",
)
"""What decides and what proves: files and folders."""
FAST_TRAPS = HERE / "historical/test_fixtures.py"
"""Where the maps drawn to tempt the engine are judged: of this file only they are of the loop."""
_GIANTS = {HERE / name: place for place, name in enumerate(GIANTS)}
_FAST = {HERE / name for name in FAST}


def rank(path: Path) -> int:
    """Giants in their order, then all others as they come."""
    return _GIANTS.get(path, len(_GIANTS))


def is_fast(item: pytest.Item) -> bool:
    """Whether a test is of the fast loop."""
    if any(item.get_closest_marker(name) for name in ("thorough", "real")):
        return False
    if item.path == FAST_TRAPS:
        return "[trap-" in item.nodeid
    return not _FAST.isdisjoint((item.path, *item.path.parents))


def holds_fast(path: Path) -> bool:
    """Whether a file or a folder has some of the fast loop in it."""
    whole = not _FAST.isdisjoint((path, *path.parents))
    return whole or any(path in (fast, *fast.parents) for fast in (*_FAST, FAST_TRAPS))
