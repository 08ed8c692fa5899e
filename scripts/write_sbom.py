"""
Write what the Python that runs this has installed, as CycloneDX 1.6 (ECMA-424) JSON.

The same packages give the same bytes: no time, no serial number. Usage: PYTHON write_sbom.py
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from typing import Any


def describe(package: Distribution) -> dict[str, Any]:
    """Describe one package: its name, its version, where it is from, under what licence."""
    name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
    url = f"pkg:pypi/{name}@{package.version}"
    component: dict[str, Any] = {
        "type": "library", "bom-ref": url, "name": name, "version": package.version, "purl": url,
    }  # fmt: skip
    if licence := find_licence(package):
        component["licenses"] = [licence]
    return component


def find_licence(package: Distribution) -> dict[str, Any] | None:
    """Find the licence as the package says it: an SPDX expression, or in its own words."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return {"expression": expression}
    named = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier", [])
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    words = " or ".join(named) or str(said.get("License") or "").strip().partition("\n")[0]
    return {"license": {"name": words}} if words else None


def main() -> None:
    """Print the document."""
    found = {part["bom-ref"]: part for part in map(describe, distributions())}
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [found[name] for name in sorted(found)],
    }  # fmt: skip
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
