"""The gate of the web channel: who may come in, and what every response carries."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot.channels.bodies import DRAINED_BYTES, check_framing, read_body
from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.observing import REFUSALS
from programme_chatbot.logs import new_request

METHODS = ("GET", "POST", "DELETE", "OPTIONS", "HEAD", "PUT", "PATCH")  # the last three to say that they are not there
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    # Is about embedding (<img>, <script>) only; `fetch` from an allowed origin goes by CORS.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Origin",
}
_PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
_logger = logging.getLogger(__name__)


class Gate:
    """Lets requests of allowed pages through, and gives every response its headers.

    Args:
        allowed_origins: pages that may use the channel.
    """

    def __init__(self, allowed_origins: tuple[str, ...]) -> None:
        self._allowed_origins = frozenset(allowed_origins)

    async def pass_through(
        self, request: Request, handler: Callable[[Request], Awaitable[HTTPResponse]]
    ) -> HTTPResponse:
        """Returns the response to a request, which is never a stack trace."""
        origins = request.headers.getall("origin", [])
        allowed = all(origin in self._allowed_origins for origin in origins)
        request.ctx.request_id = new_request()
        try:
            request.stream.request_max_size = DRAINED_BYTES  # what Sanic reads of bodies that we do not
            check_framing(request)
            if not allowed:
                raise WebError("origin")
            if request.method == "OPTIONS":
                await read_body(request, 0)
                reply = response.empty(headers=_PREFLIGHT_HEADERS if origins else {})
            else:
                reply = await handler(request)
        except WebError as error:
            reply = _refusal(error)
        except Exception:
            _logger.exception("A request to the web channel has failed.")
            reply = _refusal(WebError("unavailable"))
        reply.headers.update(_SECURITY_HEADERS)
        reply.headers["X-Request-Id"] = request.ctx.request_id  # leads from a complaint to the lines in the logs
        if origins and allowed:
            reply.headers["Access-Control-Allow-Origin"] = origins[0]
            reply.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
        return reply


def _refusal(error: WebError) -> HTTPResponse:
    REFUSALS.labels("web", error.code).inc()
    return error.response()


def keep_rasas_cors_out(app: Sanic, path: str) -> None:
    """Takes the addresses under `path` from sanic-cors.

    Rasa sets it up for the whole server. It answers preflights before any handler sees them, and its comparison of
    origins has no end (CVE-2026-37737); with `rasa run --cors` it would let other pages in than we do.
    """
    cors = getattr(app.ctx, "sanic_cors", None)
    if cors is not None:
        everything_else = re.compile(f"(?!{re.escape(path)}(/|$))")
        cors.resources = [(everything_else, options) for _, options in cors.resources]
