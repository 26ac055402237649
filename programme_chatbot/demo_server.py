"""Serves the demo page and the widget on this machine, for development; in production any web server or CDN does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from programme_chatbot.settings import HOST, PROJECT_FOLDER

FOLDER = PROJECT_FOLDER / "widget"
# What demo.html names as the server of the chat; the running one takes its place.
CHAT_IN_PAGE = "http://127.0.0.1:5005/webhooks/web"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


@contextmanager
def serving_demo(port: int, chat: str) -> Iterator[str]:
    """Serves the demo page for the time of the block.

    Args:
        port: port of the page; it must be free.
        chat: address of the web channel.

    Yields:
        The address of the page.
    """

    class Handler(_DemoHandler):
        chat_address = chat

    server = ThreadingHTTPServer((HOST, port), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _DemoHandler(BaseHTTPRequestHandler):
    """Answers GET for the files of the folder, and nothing else."""

    chat_address = CHAT_IN_PAGE
    server_version, sys_version = "demo", ""

    def do_GET(self) -> None:
        """Sends a file of the folder."""
        path = urlsplit(self.path).path
        file = FOLDER / ("demo.html" if path == "/" else path.rsplit("/", 1)[-1])
        if file.suffix not in _TYPES or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content = file.read_text(encoding="utf-8").replace(CHAT_IN_PAGE, self.chat_address).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{_TYPES[file.suffix]}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        """Adds the security headers to every response."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.chat_address))
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {origin}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Keeps the terminal to what the launcher says."""
