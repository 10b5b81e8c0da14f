"""Connector: makes, keeps and renews the connection of all Volume objects of one volume in this process."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Generic, TypeVar

from ._connection import Connection
from ._connection_base import ConnectionBase
from ._server import Link, Source, connect

C = TypeVar("C", bound=ConnectionBase)

CLOSED = "I/O operation on closed volume"


class ConnectorBase(Generic[C]):
    """The part of a connector that threads and asyncio share."""

    def __init__(self, source: Source, reconnects: bool) -> None:
        self.source = source
        self.reconnects = reconnects
        self.current: C | None = None
        self.is_closed = False
        connectors.add(self)

    def live(self) -> C | None:
        """The connection; None before the first one, and after its end."""
        connection = self.current
        return connection if connection is not None and connection.loss is None else None

    def check(self) -> None:
        """@raises ValueError if the volume is closed, OSError if it is lost and does not reconnect"""
        if self.is_closed:
            raise ValueError(CLOSED)
        connection = self.current
        if connection is not None and connection.loss is not None and not self.reconnects:
            raise connection.make_loss()

    def link(self) -> Link:
        """Closes a lost connection, and makes the socket of the next one. @raises OSError"""
        lost, self.current = self.current, None
        if lost is not None:
            lost.close()
        return connect(self.source)

    def keep(self, connection: C) -> None:
        """@raises ValueError if the volume was closed meanwhile"""
        self.current = connection
        if self.is_closed:
            connection.close()
            raise ValueError(CLOSED)

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


class Connector(ConnectorBase[Connection]):
    """The connector of threads."""

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
                connection = Connection(self.link())
                self.keep(connection)
            return connection

    def leave_to_parent(self) -> None:
        # A thread that is not in the child may have held it.
        self._lock = threading.Lock()
        super().leave_to_parent()


connectors: weakref.WeakSet[ConnectorBase[Any]] = weakref.WeakSet()


def _leave_to_parent() -> None:
    for connector in list(connectors):
        connector.leave_to_parent()


# A translator's Python has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
