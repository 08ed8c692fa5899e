"""What the service is shipped as: its image, its list of parts, and the file that composes it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.unit.test_locks import read_lock

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PINNED = re.compile(r"[a-z0-9./-]+:\d[\w.]*[-.]\w[\w.-]*(@sha256:[0-9a-f]{64})?")
"""A version of more than one number; or of one, and of what it is made with."""


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_pinned_watched_and_kept_from_gaining_rights(name):
    service = SERVICES[name]
    assert "build" in service or PINNED.fullmatch(service["image"]), service["image"]
    kind, *command = service["healthcheck"]["test"]
    assert kind == "CMD"
    assert command
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")


def test_nothing_is_open_to_other_machines():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)
    assert all("network_mode" not in service for service in SERVICES.values())
    assert COMPOSE["networks"]["inside"]["internal"]
    assert SERVICES["database"]["networks"] == ["inside"]


def test_no_secret_is_written_down_and_none_is_forgotten():
    said = [item for service in SERVICES.values() for item in service["environment"].items()]
    secrets = [value for name, value in said if "PASSWORD" in name]
    assert len(secrets) == 2
    assert all(re.fullmatch(r"\$\{ENCIRCLE_DB_PASSWORD:\?.+\}", value) for value in secrets)
    assert not re.search(r"//[^/@\s]*:[^/@\s]*@", (ROOT / "compose.yaml").read_text("utf-8"))


def test_what_is_kept_is_kept_in_named_volumes():
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", ())]
    assert {mount.partition(":")[0] for mount in mounts} == set(COMPOSE["volumes"])


def test_the_service_waits_for_the_database_and_is_watched_as_the_image_says():
    service = SERVICES["service"]
    assert service["depends_on"]["database"]["condition"] == "service_healthy"
    own = re.search(r"HEALTHCHECK .*\\\n\s+CMD (\[.*\])", DOCKERFILE)
    assert service["healthcheck"]["test"][1:] == json.loads(own[1])
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"]


def test_the_image_is_made_from_pinned_bases():
    bases = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE, re.MULTILINE))
    used = re.findall(r"^FROM \$\{(\w+)\}(?: AS \w+)?$", DOCKERFILE, re.MULTILINE)
    assert (used, len(re.findall(r"^FROM", DOCKERFILE, re.MULTILINE))) == (["BUILDER", "BASE"], 2)
    for base in bases.values():
        # 3.11 alone is another image every month
        assert re.fullmatch(r"docker\.io/library/python:3\.11\.\d+(-slim)?-bookworm", base)


def test_the_list_of_parts_names_each_package_once_with_its_version_and_licence():
    script = ROOT / "scripts" / "write_sbom.py"
    words = [sys.executable, str(script)]
    written = [subprocess.run(words, check=True, capture_output=True).stdout for _ in "ab"]  # noqa: S603
    assert written[0] == written[1]
    document = json.loads(written[0])
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["purl"]: part for part in document["components"]}
    assert len(parts) == len(document["components"])
    named = {part["name"]: part for part in parts.values()}
    for wanted in ("numpy", "fastapi", "sqlalchemy", "shapely"):
        assert named[wanted]["licenses"], wanted
        assert parts[f"pkg:pypi/{wanted}@{named[wanted]['version']}"] is named[wanted]


def test_what_builds_the_wheel_is_locked_too():
    assert "hatchling" in {pin.name for pin in read_lock("build")}
    assert "--no-build-isolation" in DOCKERFILE
