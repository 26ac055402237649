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
        max_bytes: how large the body may be, whether it says so beforehand or not.

    Raises:
        WebError: if the body is too large, too slow or broken.
    """
    stream = request.stream
    if not request.headers.get("content-length", "0").isdecimal():  # Sanic would wait for less than nothing
        stream.keep_alive, stream.request_body = False, None
        raise WebError("malformed")
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
