"""Where things are kept: by default in a folder of this machine, otherwise where the environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from programme_chatbot.cli import main
from programme_chatbot.settings import PROJECT_FOLDER, SettingsError
from programme_chatbot.storage import database_url, kept_secret, redis_url


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "PROGRAMME_DATA"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_conversations_are_in_a_file_and_counts_in_memory() -> None:
    assert database_url() == f"sqlite:///{PROJECT_FOLDER}/var/conversations.db"
    assert redis_url() == ""


def test_the_data_folder_can_be_another_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROGRAMME_DATA", str(tmp_path))
    assert database_url() == f"sqlite:///{tmp_path}/conversations.db"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://user:word@db.example:5432/chatbot?sslmode=require", None),
        ("postgres://user@db.example/chatbot", "postgresql://user@db.example/chatbot"),
        ("sqlite:////srv/chat.db", None),
        ("  ", f"sqlite:///{PROJECT_FOLDER}/var/conversations.db"),
    ],
)
def test_addresses_of_databases_are_taken_as_they_are(
    monkeypatch: pytest.MonkeyPatch, given: str, used: str | None
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert database_url() == (used or given)


@pytest.mark.parametrize(
    "url", ["mysql://secret@db/chat", "secret", "postgresql:/secret", "postgresql://secret:x@h:y/d"]
)
@pytest.mark.parametrize("command", ["run", "worker", "actions"])
def test_a_wrong_address_of_a_database_is_told_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main([command]) == 1
    told = capsys.readouterr().err
    assert told.startswith("DATABASE_URL is not an address of a database such as")
    assert "secret" not in told


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379", "memory://", "redis://127.0.0.1:many"])
def test_a_wrong_address_of_redis_is_told_without_showing_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(SettingsError, match="REDIS_URL is not an address of Redis") as caught:
        redis_url()
    assert url not in str(caught.value)


def test_the_kept_secret_is_made_once_and_only_its_owner_may_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROGRAMME_DATA", str(tmp_path / "new"))
    secret = kept_secret()
    assert len(secret) >= 48
    assert kept_secret() == secret
    (file,) = (tmp_path / "new").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PROGRAMME_DATA", str(tmp_path / "file"))
    with pytest.raises(SettingsError, match="PROGRAMME_DATA"):
        kept_secret()
