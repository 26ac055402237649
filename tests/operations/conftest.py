"""What the tests of the operations share: databases as Rasa writes them."""

from __future__ import annotations

import asyncio
import datetime
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from programme_chatbot.launcher import free_port

if TYPE_CHECKING:
    from rasa.core.tracker_store import SQLTrackerStore

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)
REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"


class Conversations:
    """Rasa's own store of conversations, filled and read by tests."""

    def __init__(self, url: str) -> None:
        from rasa.core.tracker_store import SQLTrackerStore
        from rasa.shared.core.domain import Domain

        slot = {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
        self.domain = Domain.from_dict({"slots": {"feedback": slot}})
        self.store: SQLTrackerStore = SQLTrackerStore(self.domain, host=url)

    def add(self, sender: str, *turns: dict[str, Any], days_ago: float = 0.0) -> None:
        """Adds turns to a conversation, a minute apart.

        Args:
            sender: id of the conversation.
            turns: `text`, and if wanted `shown`, `replies` as pairs of topic and status, `rating`.
            days_ago: when the first turn was.
        """
        from rasa.shared.core.events import BotUttered, SessionStarted, SlotSet, UserUttered
        from rasa.shared.core.trackers import DialogueStateTracker

        stored = asyncio.run(self.store.retrieve(sender))
        tracker = stored or DialogueStateTracker(sender, self.domain.slots)
        time = NOW.timestamp() - days_ago * 86_400
        events: list[Any] = [SessionStarted(timestamp=time)]
        for turn in turns:
            time += 60
            shown = {"shown": turn["shown"]} if "shown" in turn else None
            events.append(UserUttered(turn["text"], timestamp=time, input_channel="web", metadata=shown))
            for number, (topic, status) in enumerate(turn.get("replies", [("fees.tuition", "answered")])):
                said = time + 1 + number
                metadata = {"topic": topic, "status": status} if status else {}
                events.append(BotUttered("An answer.", metadata=metadata, timestamp=said))
                for rating in turn.get("ratings", ()):
                    events.append(SlotSet("feedback", {f"m{round(said * 1e6)}": rating}, timestamp=said + 10))
        tracker.update_with_events(events, self.domain, override_timestamp=False)
        asyncio.run(self.store.save(tracker))

    def senders(self) -> set[str]:
        return set(asyncio.run(self.store.keys()))


@pytest.fixture(params=["sqlite", "postgresql"])
def conversations(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Conversations]:
    """An empty store in the database of `DATABASE_URL`."""
    url = f"sqlite:///{tmp_path / 'conversations.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    monkeypatch.setenv("DATABASE_URL", url)
    store = Conversations(url)
    yield store
    store.store.Base.metadata.drop_all(store.store.engine)
    store.store.engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of our own, on a free port and in a temporary folder."""
    programs = sorted(glob("/usr/lib/postgresql/*/bin")) or [str(Path(shutil.which("initdb") or "").parent)]
    program = Path(programs[-1])
    if not (program / "initdb").exists():
        assert not REQUIRED, "PostgreSQL is not installed, and REQUIRE_SERVICES is 1"
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    user = "postgres" if os.getuid() == 0 else None  # it refuses to run as root
    folder = tempfile.mkdtemp(prefix="chatbot-postgresql-")
    try:
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder} -c fsync=off"
        data = ["-D", f"{folder}/data"]
        command = {"user": user, "check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
        subprocess.run([program / "initdb", *data, "-U", "chatbot", "-A", "trust"], **command)  # type: ignore[call-overload]
        log = f"{folder}/log"
        subprocess.run([program / "pg_ctl", *data, "-w", "-l", log, "-o", options, "start"], **command)  # type: ignore[call-overload]
        try:
            yield f"postgresql://chatbot@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([program / "pg_ctl", *data, "-m", "immediate", "stop"], **command)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
