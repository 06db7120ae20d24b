"""A wire that can break: TCP from a port of its own to a server, which counts what the client sends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from kb.store.home import Home
from tests.conftest import Engine

_BLOCK = 1 << 16


class Proxy:
    """Pass bytes between clients and a server, given as host and port.

    `strike` is called once: when `at` bytes of clients have been passed, or the first that are equal to `at`,
    and before one more is.
    `rewrite` may change what the server sends. `sent` is all that clients have sent, over all connections,
    and `asked` has how much that was each time that the server answered.
    """

    def __init__(
        self,
        target: tuple[str, int],
        *,
        at: int | bytes | None = None,
        strike: Callable[[], object] | None = None,
        rewrite: Callable[[bytes], bytes] = bytes,
        port: int = 0,
    ) -> None:
        self._target, self._at, self._strike, self._rewrite = target, at, strike, rewrite
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.sent = bytearray()
        self.asked: list[int] = []
        self._found, self._over = False, threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._guard = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def wait(self) -> bool:
        """Wait until it was struck; false if that does not come."""
        return self._over.wait(60)

    def cut(self) -> None:
        """End all connections; new ones are taken."""
        for pair in self._pairs:
            for side in pair:
                _end(side)
        self._pairs.clear()

    def close(self) -> None:
        """End all connections, and take no new ones."""
        # A thread that waits in accept keeps the port open until it is woken.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._target)
                except OSError:
                    client.close()
                    continue
                self._pairs.append((client, server))
                for pump in (self._up, self._down):
                    threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while block := client.recv(_BLOCK):
                with self._guard:
                    before = len(self.sent)
                    self.sent += block
                    place = self._place()
                    self._found = self._found or place is not None
                if place is not None:
                    server.sendall(block[: place - before])
                    block = block[place - before :]
                    if self._strike is not None:
                        self._strike()
                    self._over.set()
                server.sendall(block)
        _end(server)

    def _place(self) -> int | None:
        """Where to strike in what was sent last, if anywhere."""
        if self._found or self._at is None:
            return None
        if isinstance(self._at, int):
            return self._at if self._at <= len(self.sent) else None
        found = self.sent.find(self._at)
        return found + len(self._at) if found >= 0 else None

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while block := server.recv(_BLOCK):
                self.asked.append(len(self.sent))
                client.sendall(self._rewrite(block))
        _end(client)


def _end(side: socket.socket) -> None:
    # Only this wakes a thread that waits for bytes.
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()


@contextmanager
def proxy(target: tuple[str, int], **options: object) -> Iterator[Proxy]:
    """A proxy that is closed at the end."""
    made = Proxy(target, **options)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def wire(engine: Engine, **options: Any) -> Iterator[tuple[Proxy, dict[str, str]]]:
    """A proxy between commands and the server, and the environment in which they go through it."""
    settings = engine.settings
    if not settings.embedded:
        address = urlsplit(settings.uri or "")
        with proxy((address.hostname, address.port or 7687), **options) as made:
            yield made, {**engine.environment, "NEO4J_URI": f"bolt://127.0.0.1:{made.port}"}
        return
    home = Home(settings.home)
    running = home.running()
    assert running is not None
    with proxy(("127.0.0.1", running.bolt_port), **options) as made:
        home.write_running(replace(running, bolt_port=made.port))
        try:
            yield made, engine.environment
        finally:
            now = home.running()
            if now is not None and now.pid == running.pid:
                home.write_running(running)
