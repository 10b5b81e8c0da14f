"""Session: what all Volume objects of one volume share: its source, and the connection of this process."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from ._server import Link, Source, connect


class Linked(Protocol):
    """A connection, as a session needs it."""

    loss: str | None

    def make_loss(self) -> OSError: ...
    def close(self) -> None: ...
    def leave_to_parent(self) -> None: ...


C = TypeVar("C", bound=Linked)


class Session(Generic[C]):
    """Opens the connection, again after a fork, and if `reconnects` after the end of the server."""

    def __init__(self, source: Source, reconnects: bool, make: Callable[[Link], C]) -> None:
        self.source = source
        self.reconnects = reconnects
        self._make = make
        self._connection: C | None = None
        self._lock = threading.Lock()
        self.is_closed = False
        sessions.add(self)

    def connection(self) -> C:
        """@raises ValueError if the volume is closed, OSError"""
        connection = self._connection
        if connection is not None and connection.loss is None:
            return connection
        return self._connect()

    def _connect(self) -> C:
        with self._lock:
            if self.is_closed:
                raise ValueError("I/O operation on closed volume")
            connection = self._connection
            if connection is not None:
                if connection.loss is None:
                    return connection
                if not self.reconnects:
                    raise connection.make_loss()
                connection.close()
            self._connection = self._make(connect(self.source))
            return self._connection

    @property
    def is_unused(self) -> bool:
        """Whether there is nothing to close."""
        return self.is_closed or self._connection is None or self._connection.loss is not None

    def close(self) -> None:
        self.is_closed = True
        if self._connection is not None:
            self._connection.close()

    def leave_to_parent(self) -> None:
        self._lock = threading.Lock()
        if self._connection is not None:
            self._connection.leave_to_parent()
            self._connection = None


sessions: weakref.WeakSet[Session[Any]] = weakref.WeakSet()


def _leave_to_parent() -> None:
    for session in list(sessions):
        session.leave_to_parent()


os.register_at_fork(after_in_child=_leave_to_parent)
