"""The volume below a translator: the same connection, whose bytes the host carries."""

# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
from errno import ENODEV
from typing import Any

from glupy import _below as host

from ._aio_connection import Connection
from ._server import Source
from .aio import Connector


class Transport:
    """The bytes to one child, as a transport of asyncio; the host sends at once."""

    def __init__(self, child: int, connection: Connection) -> None:
        self._child = child
        self._connection = connection

    def write(self, data: Any) -> None:
        if not host.send(self._child, bytes(data)):
            self._connection.connection_lost(OSError("the host takes no requests for this volume"))

    def abort(self) -> None:
        """Only the end of the interpreter ends the connection."""


class BelowConnector(Connector):
    """The connector of one child, as long as the interpreter lives."""

    def __init__(self, child: int, name: str) -> None:
        super().__init__(Source(name, None), False)
        self._child = child

    async def connection(self) -> Connection:
        connection = self.live()
        if connection is None:
            self.check()
            connection = self.current = Connection(None, asyncio.get_running_loop())
            connection.connection_made(Transport(self._child, connection))
            host.receivers[self._child] = self._receive
        return connection

    def _receive(self, replies: bytes) -> None:
        connection = self.current
        rest = memoryview(replies)
        while connection is not None and rest:
            room = connection.get_buffer(len(rest))
            count = min(len(room), len(rest))
            room[:count] = rest[:count]
            connection.buffer_updated(count)
            rest = rest[count:]


_connectors: dict[int, BelowConnector] = {}


def find_connector(child: Any) -> BelowConnector:
    """@raises OSError for a translator without children"""
    child = host.find_child() if child is None else child
    if child is None:
        raise OSError(ENODEV, "the translator has no volume below")
    connector = _connectors.get(child.index)
    if connector is None:
        connector = _connectors[child.index] = BelowConnector(child.index, child.name)
    return connector
