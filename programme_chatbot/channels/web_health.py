"""Whether everything that the web channel needs is there: the model, the action server, the stores, the knowledge."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar
from urllib.parse import urljoin

import aiohttp
from limits.storage import Storage
from rasa.core.agent import Agent

from programme_chatbot.channels import web_store
from programme_chatbot.channels.limits import call

Result = TypeVar("Result")
_TIMEOUT = 2.0
_NOBODY = "web-health"
_logger = logging.getLogger(__name__)


async def check(agent: Agent | None, storage: Storage) -> dict[str, bool]:
    """Returns which of the parts work.

    Args:
        agent: Rasa, if it is there.
        storage: where requests are counted; it belongs to "store".

    Returns:
        model, actions and store, without which there are no answers; and knowledge: whether the knowledge file is
        valid as it is now (if it is not, answers come from the last valid one).
    """
    if agent is None:
        return dict.fromkeys(("model", "actions", "store", "knowledge"), False)
    actions, tracker_store, counts = await asyncio.gather(
        _result("The action server", _status_of_actions(agent)),
        _result("The tracker store", _store_answers(agent)),
        _result("The storage of counts", call(storage, storage.check)),
    )
    return {
        "model": agent.is_ready(),
        "actions": actions is not None,
        "store": bool(tracker_store and counts),
        "knowledge": actions == "ok",
    }


async def _result(name: str, question: Awaitable[Result]) -> Result | None:
    try:
        return await asyncio.wait_for(question, _TIMEOUT)
    except Exception as error:  # whatever it is, it does not work
        _logger.warning(f"{name} does not work: {type(error).__name__}.")
        return None


async def _status_of_actions(agent: Agent) -> str | None:
    if agent.action_endpoint is None:
        return None
    async with (
        aiohttp.ClientSession(raise_for_status=True) as client,
        client.get(urljoin(agent.action_endpoint.url, "status")) as answer,
    ):
        return str((await answer.json())["status"])


async def _store_answers(agent: Agent) -> bool:
    await web_store.read(agent, _NOBODY)
    return True
