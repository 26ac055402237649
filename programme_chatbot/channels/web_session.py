"""Sessions of the web channel: ids that we make up, in tokens that we sign."""

from __future__ import annotations

import datetime
import logging
import math
import re
import secrets
from dataclasses import dataclass

import jwt
from limits.storage import Storage

from programme_chatbot.channels.errors import WebError
from programme_chatbot.channels.limits import call
from programme_chatbot.settings import SettingsError

SECRET_VARIABLE = "WEB_SESSION_SECRET"
AUDIENCE = "programme-chatbot-web"
_ALGORITHM = "HS256"
_LEAST_SECRET_BYTES = 32  # as long as what HS256 makes of it
_ID_BYTES = 24
_ID = re.compile(r"[A-Za-z0-9_-]{32}")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """One visitor's conversation.

    Args:
        id: random id, known to nobody but us and the holder of the token.
        expires: when the token ends.
    """

    id: str
    expires: datetime.datetime

    @property
    def sender(self) -> str:
        """The id under which Rasa knows the conversation."""
        return f"web-{self.id}"


class Sessions:
    """Issues, reads and ends sessions.

    Args:
        secret: key of the signatures.
        hours: how long a session lasts.
        storage: where ended sessions are remembered until their tokens expire.
    """

    def __init__(self, secret: str, hours: float, storage: Storage) -> None:
        self._secret = secret
        self._duration = datetime.timedelta(hours=hours)
        self._storage = storage

    def start(self) -> tuple[Session, str]:
        """Returns a new session and its token."""
        now = _now()
        session = Session(secrets.token_urlsafe(_ID_BYTES), (now + self._duration).replace(microsecond=0))
        claims = {"sub": session.id, "aud": AUDIENCE, "iat": now, "exp": session.expires}
        return session, jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    async def read(self, token: str) -> Session:
        """Returns the session of a token.

        Raises:
            WebError: if the token is not one of ours, has expired, or its session has been ended.
        """
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                # The time of issue is for people who look into a token. Clocks differ between workers and are set back.
                options={"require": ["sub", "aud", "iat", "exp"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError:
            raise WebError("expired_session") from None
        except jwt.InvalidTokenError:
            raise WebError("bad_token") from None
        if not _ID.fullmatch(claims["sub"]):
            raise WebError("bad_token")
        session = Session(claims["sub"], datetime.datetime.fromtimestamp(claims["exp"], datetime.timezone.utc))
        if await call(self._storage, self._storage.get, _ended(session)):
            raise WebError("expired_session")
        return session

    async def end(self, session: Session) -> None:
        """Makes the token of a session invalid."""
        left = math.ceil((session.expires - _now()).total_seconds())
        await call(self._storage, self._storage.incr, _ended(session), max(1, left))

    async def resume(self, session: Session) -> None:
        """Makes the token of a session valid again, until it expires."""
        await call(self._storage, self._storage.clear, _ended(session))


def read_secret(configured: str | None) -> str:
    """Returns the key of the signatures.

    Args:
        configured: value of `WEB_SESSION_SECRET`; without one a random key is made.

    Returns:
        The key.

    Raises:
        SettingsError: if the configured key is too short to be safe.
    """
    if not configured:
        _logger.warning(f"{SECRET_VARIABLE} is not set: the key is random, and web sessions end with this process.")
        return secrets.token_urlsafe(_LEAST_SECRET_BYTES)
    if len(configured.encode()) < _LEAST_SECRET_BYTES:
        raise SettingsError(
            f"{SECRET_VARIABLE} has fewer than {_LEAST_SECRET_BYTES} bytes; make one with `openssl rand -base64 48`."
        )
    return configured


def _ended(session: Session) -> str:
    return f"web-ended/{session.id}"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
