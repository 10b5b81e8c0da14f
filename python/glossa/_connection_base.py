"""The part of a connection that threads and asyncio share: its end, and requests whose callers have gone."""

from __future__ import annotations

import os
from errno import ENOTCONN
from itertools import count
from typing import Any

from . import _operations as operations
from ._identity import Identity
from ._replies import Replies
from ._request import Request, nothing
from ._server import Link
from ._values import decode_handle

# The number of requests without a reply; no other request has it.
UNHEARD = 0

# Requests have the numbers from 1 to this.
LAST_NUMBER = 0xFFFF_FFFF

SERVER_CLOSED = "the server closed the connection"


def make_close(handle: int, *paths: Any) -> Request[None]:
    """@param paths: for errors"""
    return Request(operations.CLOSE, (handle,), (), nothing, paths)


class ConnectionBase:
    """A connection without its calls."""

    def __init__(self, link: Link | None) -> None:
        """@param link: None inside a translator, whose host carries the bytes"""
        self._link = link
        # Number 0 is UNHEARD.
        self._numbers = count(1)
        self._replies = Replies()
        self._replies.close_orphan = self._close_orphan
        self._identities: dict[Identity, int] = {}
        # Why the connection has ended.
        self.loss: str | None = None

    def _send_unheard(self, request: Request[Any]) -> None:
        """Sends a request without waiting for its reply."""
        raise NotImplementedError

    def drop(self, handle: int) -> None:
        """Has a handle closed; for finalizers."""
        raise NotImplementedError

    def _disown(self, request: Request[Any]) -> None:
        """Cancels a request whose caller has gone, and closes the handle that its reply may have."""
        number = request.number
        # Memory of the caller is not written any more.
        request.into = None
        if request.opens is not None:
            self._replies.orphans[number] = request
        if not request.is_done:
            self._send_unheard(Request(operations.CANCEL, (number,), (), nothing))
        elif request.opens is not None:
            self._close_orphan(number)

    def _close_orphan(self, number: int) -> None:
        request = self._replies.orphans.pop(number, None)
        if request is None or request.opens is None or request.errno != 0:
            return
        handle = decode_handle(request.reply)
        if handle != 0:
            self._send_unheard(Request(request.opens, (handle,), (), nothing))

    def _lose(self, reason: str) -> None:
        if self.loss is None:
            self.loss = reason
        self._replies.fail(ENOTCONN)

    def make_loss(self) -> OSError:
        return OSError(ENOTCONN, f"{os.strerror(ENOTCONN)} ({self.loss})")

    def close(self) -> None:
        """Ends the connection, in any thread; calls under way fail with ENOTCONN. The server closes handles."""
        if self.loss is None:
            self.loss = "the volume is closed"
            if self._link is not None:
                self._link.shut_down()
        self._release()
        if self._link is not None:
            self._link.await_end()

    def _release(self) -> None:
        """Fails the calls under way, and closes the socket, which is shut down."""
        raise NotImplementedError

    def leave_to_parent(self) -> None:
        """In a child after fork: the connection is the parent's."""
        self.loss = "the connection belongs to the parent process"
        if self._link is not None:
            self._link.leave_to_parent()
