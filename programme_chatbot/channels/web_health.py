"""Whether everything that the web channel needs is there: the model, the action server, and the stores."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from urllib.parse import urljoin

import aiohttp
from limits.storage import Storage
from rasa.core.agent import Agent

from programme_chatbot.channels import web_store
from programme_chatbot.channels.limits import call

_TIMEOUT = 2.0
_NOBODY = "web-health"
_logger = logging.getLogger(__name__)


async def check(agent: Agent | None, storage: Storage) -> dict[str, bool]:
    """Returns which of the parts work.

    Args:
        agent: Rasa, if it is there.
        storage: where requests are counted; it belongs to "store".

    Returns:
        model, actions, store.
    """
    if agent is None:
        return {"model": False, "actions": False, "store": False}
    actions, tracker_store, counts = await asyncio.gather(
        _works("The action server", _actions_answer(agent)),
        _works("The tracker store", _store_answers(agent)),
        _works("The storage of counts", call(storage, storage.check)),
    )
    return {"model": agent.is_ready(), "actions": actions, "store": tracker_store and counts}


async def _works(name: str, question: Awaitable[bool]) -> bool:
    try:
        works = await asyncio.wait_for(question, _TIMEOUT)
    except Exception as error:  # whatever it is, it does not work
        _logger.warning(f"{name} does not work: {type(error).__name__}.")
        return False
    return works


async def _actions_answer(agent: Agent) -> bool:
    if agent.action_endpoint is None:
        return False
    async with (
        aiohttp.ClientSession() as client,
        client.get(urljoin(agent.action_endpoint.url, "health")) as answer,
    ):
        return answer.status == 200


async def _store_answers(agent: Agent) -> bool:
    await web_store.read(agent, _NOBODY)
    return True
