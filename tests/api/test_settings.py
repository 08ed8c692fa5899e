"""What the environment may say."""

from pathlib import Path

import pytest

from api.settings import SettingError, Settings, read_settings


def test_an_empty_environment_gives_the_defaults():
    settings = read_settings({})
    assert settings == Settings()
    assert settings.max_body_bytes == 8 * 2**20
    assert settings.timeout_s == 20
    assert (settings.fixtures / "kursk-2025-03-14").is_dir()


def test_every_field_is_a_variable():
    given = {
        "ENCIRCLE_MAX_BODY_BYTES": "1000",
        "ENCIRCLE_BODY_TIMEOUT_S": "4",
        "ENCIRCLE_INTAKE_BYTES": "9000",
        "ENCIRCLE_TIMEOUT_S": "2.5",
        "ENCIRCLE_WORKERS": "3",
        "ENCIRCLE_QUEUE": "0",
        "ENCIRCLE_WORKER_MEMORY_BYTES": "1000000",
        "ENCIRCLE_FIXTURES": "/somewhere",
        "ENCIRCLE_DATABASE": "cases.sqlite",
        "ENCIRCLE_FAIR_REQUESTS": "100",
        "ENCIRCLE_FAIR_SECONDS": "30",
        "ENCIRCLE_FAIR_SHARE": "4",
        "ENCIRCLE_CORS_ORIGINS": "https://map.example.org, http://localhost:3000/",
    }
    origins = ("https://map.example.org", "http://localhost:3000")
    read = read_settings(given)
    assert read == Settings(
        max_body_bytes=1000, body_timeout_s=4.0, intake_bytes=9000, timeout_s=2.5, workers=3,
        queue=0, worker_memory_bytes=1_000_000, fixtures=Path("/somewhere"),
        database="cases.sqlite", fair_requests=100, fair_seconds=30.0, fair_share=4,
        cors_origins=origins,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "0"), ("WORKERS", "two"), ("TIMEOUT_S", "nan"), ("TIMEOUT_S", "inf"),
     ("TIMEOUT_S", "-1"), ("QUEUE", "-1"), ("MAX_BODY_BYTES", "1.5"),
     ("CORS_ORIGINS", "map.example.org"), ("CORS_ORIGINS", "https://a.org/map")],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_named(name, value):
    with pytest.raises(SettingError, match=f"ENCIRCLE_{name}"):
        read_settings({f"ENCIRCLE_{name}": value})
