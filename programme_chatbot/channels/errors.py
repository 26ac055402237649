"""What a channel says over the web when it cannot do what it was asked: a code for programs, a sentence for people."""

from __future__ import annotations

from sanic import response
from sanic.response import HTTPResponse

# code: (HTTP status, sentence)
_ERRORS = {
    "malformed": (400, "That request cannot be read."),
    "empty": (400, "Please write a question first."),
    "too_long": (400, "That message is too long; please shorten it."),
    "unknown_payload": (400, "That button is no longer available; please write your question instead."),
    "no_session": (401, "There is no conversation yet; please start one."),
    "expired_session": (401, "This conversation has ended; please start a new one."),
    "signature": (401, "This request is not signed by the service that it is said to come from."),
    "bad_token": (401, "This conversation is not known here; please start a new one."),
    "verification": (403, "This verify token is not the one that is set here."),
    "origin": (403, "This page may not use the assistant."),
    "not_found": (404, "There is nothing of that name here."),
    "busy": (409, "Your last message is still being answered; please wait a moment."),
    "too_large": (413, "That request is too large."),
    "too_many": (429, "There are too many messages just now; please wait a moment and try again."),
    "unavailable": (503, "The assistant is not available just now; please try again in a minute."),
    "timeout": (504, "The answer took too long and was given up; please ask again."),
}


class WebError(Exception):
    """A request that is refused or has failed.

    Args:
        code: one of the codes of the HTTP contract.
        sentence: what to say instead of the usual sentence of the code.
        retry_after: seconds after which it is worth trying again.
    """

    def __init__(self, code: str, sentence: str = "", *, retry_after: int = 0) -> None:
        self.code = code
        self.status, usual = _ERRORS[code]
        self.sentence = sentence or usual
        self.retry_after = retry_after
        super().__init__(f"{code}: {self.sentence}")

    def response(self) -> HTTPResponse:
        """Returns the HTTP response that tells of the error."""
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        body = {"error": {"code": self.code, "message": self.sentence}}
        return response.json(body, status=self.status, headers=headers)
