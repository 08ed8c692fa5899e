"""What is long goes packed to whoever takes it so; its ETag is weak then, and known too."""

import gzip

import pytest
from starlette.testclient import TestClient

from tests.api.test_cases import KURSK, case, local

__all__ = ["case", "local"]


def ask(client, where, **headers):
    with client.stream("GET", where, headers=headers) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("encoding", ["gzip", "gzip, br", "*"])
def test_what_is_long_is_packed_for_who_takes_it(local: TestClient, case, encoding):
    local.post(f"{case}/observations", json=KURSK)
    where = f"{case}/situation"
    plain, whole = ask(local, where, **{"Accept-Encoding": "identity"})
    packed, raw = ask(local, where, **{"Accept-Encoding": encoding})
    if encoding != "*":  # any, or none: as the sender likes
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(raw) == whole
        assert len(raw) < len(whole) / 2
        assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in packed.headers["vary"].lower()
    for known in (plain.headers["etag"], packed.headers["etag"], '"x", ' + plain.headers["etag"]):
        response, nothing = ask(local, where, **{"If-None-Match": known})
        assert (response.status_code, nothing) == (304, b"")


def test_what_is_short_goes_as_it_is(local: TestClient):
    response, raw = ask(local, "/healthz", **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers
    assert raw == b'{"status":"ok"}'
