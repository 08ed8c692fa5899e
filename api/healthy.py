"""
Whether the service beside this process can take work: exit code 0, or 1 and the reason.

For whoever watches over a container: Docker by the image's own health check, everybody else by
`python -m encircle_api.healthy`. It loads nothing of the service, and asks without a proxy.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 4.0


def main(port: int = 8000) -> str | None:
    """Ask `/readyz`; None: it is ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return None if answer.status == 200 else answer.read().decode()  # noqa: PLR2004
    except (HTTPException, OSError) as error:
        return f"nobody answers on port {port}: {error}"
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
