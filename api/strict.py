"""Routes that refuse parameters they do not have: misspelt, one would pass unheard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute

from encircle.errors import InputFault

from .errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response


class Strict(APIRoute):
    """A route that is told no parameter but its own."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Look at the names first."""
        handle = super().get_route_handler()
        known = {parameter.alias for parameter in self.dependant.query_params}

        async def look(request: Request) -> Response:
            if unknown := sorted(request.query_params.keys() - known):
                remedy = f"Drop it, or use one of: {', '.join(sorted(known)) or 'none'}"
                raise RequestError([InputFault(f"?{name:.80}", "an unknown parameter", remedy)
                                    for name in unknown])  # fmt: skip
            return await handle(request)

        return look
