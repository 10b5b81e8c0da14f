"""Session: what all Volume objects of one volume share: its source, and the connection of this process."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Generic, Protocol, TypeVar

from ._connection import Connection
from ._server import Source, connect


class Linked(Protocol):
    """A connection, as a session needs it."""

    loss: str | None

    def make_loss(self) -> OSError: ...
    def close(self) -> None: ...
    def leave_to_parent(self) -> None: ...


C = TypeVar("C", bound=Linked)


class SessionBase(Generic[C]):
    """What sessions of threads and of asyncio have in common."""

    def __init__(self, source: Source, reconnects: bool) -> None:
        self.source = source
        self.reconnects = reconnects
        self.current: C | None = None
        self.is_closed = False
        sessions.add(self)

    def live(self) -> C | None:
        """The connection, unless there is none yet or it has ended."""
        connection = self.current
        return connection if connection is not None and connection.loss is None else None

    def check(self) -> None:
        """Whether the session may connect. @raises ValueError if the volume is closed, OSError"""
        if self.is_closed:
            raise ValueError("I/O operation on closed volume")
        connection = self.current
        if connection is not None and connection.loss is not None:
            if not self.reconnects:
                raise connection.make_loss()
            connection.close()
            self.current = None

    @property
    def is_unused(self) -> bool:
        """Whether there is nothing to close."""
        return self.is_closed or self.current is None

    def close(self) -> None:
        self.is_closed = True
        if self.current is not None:
            self.current.close()

    def leave_to_parent(self) -> None:
        """In a child after fork, which gets a connection of its own."""
        if self.current is not None:
            self.current.leave_to_parent()
            self.current = None


class Session(SessionBase[Connection]):
    """The session of threads."""

    def __init__(self, source: Source, reconnects: bool) -> None:
        super().__init__(source, reconnects)
        self._lock = threading.Lock()

    def connection(self) -> Connection:
        """@raises ValueError if the volume is closed, OSError"""
        connection = self.current
        if connection is not None and connection.loss is None:
            return connection
        with self._lock:
            connection = self.live()
            if connection is None:
                self.check()
                connection = self.current = Connection(connect(self.source))
            return connection

    def leave_to_parent(self) -> None:
        # A thread that is not in the child may have held it.
        self._lock = threading.Lock()
        super().leave_to_parent()


sessions: weakref.WeakSet[SessionBase[Any]] = weakref.WeakSet()


def _leave_to_parent() -> None:
    for session in list(sessions):
        session.leave_to_parent()


os.register_at_fork(after_in_child=_leave_to_parent)
