"""The bodies of requests: how large they may be, how long they may take, and what JSON they hold."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from sanic.exceptions import InvalidUsage, PayloadTooLarge
from sanic.request import Request

from programme_chatbot.channels.errors import WebError

DRAINED_BYTES = 1_000_000  # what Sanic reads of bodies that we refuse, so that the client gets to see why
_TIMEOUT = 10.0


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
        await asyncio.wait_for(request.receive_body(), _TIMEOUT)
    except PayloadTooLarge:
        # Sanic reads on after it has answered, so that the client gets to see the answer.
        stream.request_max_size = DRAINED_BYTES
        raise WebError("too_large") from None
    except (InvalidUsage, asyncio.TimeoutError):
        stream.keep_alive, stream.request_body = False, None
        raise WebError("malformed") from None


def check_framing(request: Request) -> None:
    """Refuses bodies whose end is not clear, before anything of them is read.

    Sanic 21 takes the trailers of a body in chunks for the next request, which a proxy has not seen as one (request
    smuggling; repaired in its versions 24 and 25 only), and waits for a body of negative length. Neither browsers nor
    the messaging services send such bodies.

    Raises:
        WebError: if the request has a body in chunks, or a length that is none.
    """
    if "transfer-encoding" in request.headers or not request.headers.get("content-length", "0").isdecimal():
        request.stream.keep_alive, request.stream.request_body = False, None
        raise WebError("malformed", "Send the body in one piece, with its Content-Length.")


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
