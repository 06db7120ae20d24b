"""A wire that can break: TCP from a port of its own to a server, which counts what the client sends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_BLOCK = 1 << 16


class Proxy:
    """Pass bytes between clients and a server, given as host and port.

    `strike` is called once, as soon as `at` bytes from clients have been passed, and before one more is.
    `rewrite` may change what the server sends. `sent` is all that clients have sent, over all connections.
    """

    def __init__(
        self,
        target: tuple[str, int],
        *,
        at: int | None = None,
        strike: Callable[[], object] | None = None,
        rewrite: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self._target, self._at, self._strike, self._rewrite = target, at, strike, rewrite
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent = bytearray()
        self.struck = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._guard = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

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
                    room = len(block) if self._at is None or self.struck else self._at - len(self.sent)
                    head, tail = block[:room], block[room:]
                    self.sent += block
                    server.sendall(head)
                    if self._at is not None and not self.struck and room <= len(block):
                        self.struck = True
                        if self._strike is not None:
                            self._strike()
                server.sendall(tail)
        _end(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while block := server.recv(_BLOCK):
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
    made = Proxy(target, **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()
