"""gunicorn's threads, kept for whole requests: who is slow waits outside, and costs no thread.

The gthread worker gives a thread to every connection at once, and waits in it for the first byte, the
handshake and the headers: with four threads, five half-open connections stop the pages (50 silent ones
did so for a minute, measured). Here the main loop gathers each request without blocking, and a thread
sees it only when it is complete.
"""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import struct
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.sock import ssl_wrap_socket
from gunicorn.workers.gthread import TConn, ThreadWorker

WHOLE_REQUEST_WITHIN = 10.0
"""Seconds from the first sign of a request to its last byte; the connection closes after that."""

STALL = 2
"""Seconds a thread waits for a peer that stops in the middle after all (chunked bodies, full windows)."""

LARGEST_HEAD = 16 * 1024
LARGEST_BODY = 64 * 1024
"""What is gathered before a thread looks at it; the application refuses larger bodies by itself."""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,10})[ \t]*\r\n", re.IGNORECASE)


def is_whole(received: bytes) -> bool:
    """Whether a thread can work on this without waiting: head and body there, or too large to wait for."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return len(received) >= LARGEST_HEAD
    length = _LENGTH.search(head + b"\r\n")
    return length is None or len(body) >= min(int(length[1]), LARGEST_BODY)


class Guest(TConn):  # type: ignore[misc]
    """A connection whose request is gathered before it is handled."""

    sock: Any  # socket.socket, or ssl.SSLSocket around it
    initialized: bool

    def __init__(self, cfg: Any, client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(cfg, client, address, server)
        self.received = b""
        self.data_ready = True  # so that no thread waits for the first byte
        self.greets = bool(cfg.is_ssl)
        if self.greets:
            self.sock = ssl_wrap_socket(self.sock, cfg)

    def expect(self) -> None:
        """A request begins now, and has its time from now."""
        self.received = b""
        self.timeout = time.monotonic() + WHOLE_REQUEST_WITHIN

    def gather(self) -> int | None:
        """Takes what is there; says which event to wait for, or None when the request is whole.

        Raises OSError when the peer has gone or speaks no TLS.
        """
        try:
            if self.greets:
                self.sock.do_handshake()
                self.greets = False
            while not is_whole(self.received):
                chunk = self.sock.recv(LARGEST_HEAD)
                if not chunk:
                    raise ConnectionResetError("gone before the request was whole")
                self.received += chunk
        except (BlockingIOError, ssl.SSLWantReadError):
            return selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            return selectors.EVENT_WRITE
        return None

    def init(self) -> None:
        """Runs in the thread, once a connection; the handshake is done already."""
        if self.initialized:
            return
        self.initialized = True
        limit = struct.pack("ll", STALL, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self.parser = http.get_parser(self.cfg, self.sock, self.client)
        self.hand_over()

    def close(self, graceful: bool = False) -> None:
        """Runs in the main loop, so it does not wait for the peer to close, as gunicorn's own does for 2 s.

        What has arrived is read off first: bytes left unread would turn the close into a reset, and
        cut off the end of the answer.
        """
        if graceful:
            with suppress(OSError):
                self.sock.setblocking(False)
                self.sock.shutdown(socket.SHUT_WR)
                for _ in range(LARGEST_BODY // LARGEST_HEAD):
                    if not self.sock.recv(LARGEST_HEAD):
                        break
        self.sock.close()

    def hand_over(self) -> None:
        """What was gathered is what the parser reads first."""
        self.parser.unreader.unread(self.received)
        self.received = b""


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's gthread, save that threads get whole requests only."""

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError:
            return  # it was gone again, or another event took it
        client.setblocking(False)
        try:
            conn = Guest(self.cfg, client, address, listener.getsockname())
        except OSError:
            client.close()
            return
        self.nr_conns += 1
        self.await_request(conn)

    def on_client_socket_readable(self, conn: Guest, client: Any) -> None:
        """The next request of a connection that was kept: it is gathered like the first."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.await_request(conn)
        self.gather(conn, client)

    def await_request(self, conn: Guest) -> None:
        conn.expect()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.gather, conn))

    def gather(self, conn: Guest, _client: Any) -> None:
        try:
            event = conn.gather()
        except OSError:
            self.leave_pending(conn)
            self.nr_conns -= 1
            conn.close()
            return
        if event is not None:
            self.poller.modify(conn.sock, event, partial(self.gather, conn))
            return
        self.leave_pending(conn)
        if conn.initialized:
            conn.hand_over()
        self.enqueue_req(conn)

    def leave_pending(self, conn: Guest) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
