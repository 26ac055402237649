"""The gate of the web channel: who may come in, how large a body may be, and what every response carries."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Sanic, response
from sanic.exceptions import InvalidUsage, PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse

from programme_chatbot.channels.observing import REFUSALS
from programme_chatbot.channels.web_errors import WebError
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
_BODY_TIMEOUT = 10.0
_DRAINED_BYTES = 1_000_000
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
            request.stream.request_max_size = _DRAINED_BYTES  # what Sanic reads of bodies that we do not
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


def check_framing(request: Request) -> None:
    """Refuses bodies whose end is not clear, before anything of them is read.

    Sanic 21 takes the trailers of a body in chunks for the next request, which a proxy has not seen as one (request
    smuggling; repaired in its versions 24 and 25 only), and waits for a body of negative length. Browsers send neither.

    Raises:
        WebError: if the request has a body in chunks, or a length that is none.
    """
    if "transfer-encoding" in request.headers or not request.headers.get("content-length", "0").isdecimal():
        request.stream.keep_alive, request.stream.request_body = False, None
        raise WebError("malformed", "Send the body in one piece, with its Content-Length.")


async def read_body(request: Request, max_bytes: int) -> None:
    """Reads the body of a request into `request.body`.

    Args:
        request: the request, of a route whose handlers read bodies themselves (`stream=True`).
        max_bytes: how large the body may be.

    Raises:
        WebError: if the body is too large, too slow or broken.
    """
    check_framing(request)
    stream = request.stream
    stream.request_max_size = max_bytes
    try:
        await asyncio.wait_for(request.receive_body(), _BODY_TIMEOUT)
    except PayloadTooLarge:
        # Sanic reads on after it has answered, so that the client gets to see the answer.
        stream.request_max_size = _DRAINED_BYTES
        raise WebError("too_large") from None
    except (InvalidUsage, asyncio.TimeoutError):
        stream.keep_alive, stream.request_body = False, None
        raise WebError("malformed") from None


def json_object(request: Request) -> dict[str, Any]:
    """Returns the JSON object in the body of a request.

    Raises:
        WebError: if it is anything else.
    """
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        raise WebError("malformed", "The body of the request is not JSON.") from None
    if not isinstance(content, dict):
        raise WebError("malformed", "The body of the request is not a JSON object.")
    return content


def keep_rasas_cors_out(app: Sanic, path: str) -> None:
    """Takes the addresses under `path` from sanic-cors.

    Rasa sets it up for the whole server. It answers preflights before any handler sees them, and its comparison of
    origins has no end (CVE-2026-37737); with `rasa run --cors` it would let other pages in than we do.
    """
    cors = getattr(app.ctx, "sanic_cors", None)
    if cors is not None:
        everything_else = re.compile(f"(?!{re.escape(path)}(/|$))")
        cors.resources = [(everything_else, options) for _, options in cors.resources]
