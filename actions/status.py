"""What the action server tells of itself (GET /status), and the task that keeps its knowledge new."""

from __future__ import annotations

import asyncio
import sys

import pluggy
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.current import current

_hook = pluggy.HookimplMarker("rasa_sdk")


@_hook
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Adds the address and the task; the action server calls this while it starts."""

    @app.get("/status")
    async def status(request: Request) -> HTTPResponse:
        answerer = current()
        return response.json(
            {
                "status": "degraded" if answerer.problem else "ok",
                "knowledge": answerer.problem or "ok",
                "training_needed": answerer.training_needed,
            }
        )

    @app.listener("after_server_start")
    async def start(app: Sanic, _: object) -> None:
        app.ctx.watch = asyncio.create_task(current().watch())


if not plugin_manager().is_registered(sys.modules[__name__]):
    plugin_manager().register(sys.modules[__name__])
