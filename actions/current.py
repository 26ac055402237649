"""The answerer of the newest valid knowledge file, renewed while the action server runs."""

from __future__ import annotations

import asyncio
import functools
import logging
from pathlib import Path

from programme_chatbot.answers import Answerer, Wording
from programme_chatbot.knowledge import Knowledge, KnowledgeError, load
from programme_chatbot.knowledge.lookup import taught_by
from programme_chatbot.settings import PROJECT_FOLDER, knowledge_file, load_knowledge_or_exit

POLL = 1.0
_logger = logging.getLogger(__name__)


class CurrentAnswerer:
    """Answers from a knowledge file as it is now, or as it last was when it was valid.

    Args:
        file: the knowledge file.
        knowledge: its content.
        wording: the wording of replies.
    """

    def __init__(self, file: Path, knowledge: Knowledge, wording: Wording) -> None:
        self.answerer = Answerer(knowledge, wording)
        self.problem = ""  # what is wrong with the file as it is now
        self.training_needed = False
        self._file = file
        self._wording = wording
        self._taught = taught_by(knowledge)
        self._read = self._seen = _version(file)

    def refresh(self) -> None:
        """Reads the file if it has changed, once it has stayed the same from one call to the next.

        A file that is being written is so left alone. One that is invalid changes nothing but `problem`.
        """
        version = _version(self._file)
        is_settled, self._seen = version == self._seen, version
        if not is_settled or version == self._read:
            return
        self._read = version
        try:
            knowledge = load(self._file)
        except KnowledgeError as error:
            self.problem = error.report()
            _logger.error(f"The knowledge file has changed and is not valid; the last valid one stays.\n{self.problem}")
            return
        self.answerer = Answerer(knowledge, self._wording)
        self.problem = ""
        self.training_needed = taught_by(knowledge) != self._taught
        _logger.warning("The knowledge file has changed and was read.")
        if self.training_needed:
            _logger.warning("Its names or keywords have changed: train and restart, so that they are understood.")

    async def watch(self) -> None:
        """Refreshes again and again, without holding up answers."""
        while True:
            await asyncio.sleep(POLL)
            await asyncio.to_thread(self.refresh)


@functools.cache
def current() -> CurrentAnswerer:
    """Returns the answerer of this process; ends the process if the knowledge file is invalid at the start."""
    wording = Wording.from_domain(PROJECT_FOLDER / "domain.yml")
    return CurrentAnswerer(knowledge_file(), load_knowledge_or_exit(), wording)


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
