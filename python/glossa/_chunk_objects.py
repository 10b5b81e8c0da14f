"""The parts of stores, chunks, locks and watches that threads and asyncio share: all but their requests."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import warnings
from typing import Any, Generic, TypeVar

from ._chunk_calls import ChunkCalls, ChunkStoreCalls, WatchCalls
from ._connection_base import ConnectionBase
from ._shapes import Method, Shaped

C = TypeVar("C", bound=ConnectionBase)
S = TypeVar("S", bound="ChunkStoreBase[Any]")


class HandleObject(Shaped, Generic[C]):
    """An object with a handle in the server, which is closed when the object is dropped."""

    # For messages.
    _kind: str

    def __init__(self, connection: C, handle: int, name: str) -> None:
        self._connection = connection
        self._handle = handle
        self._name = name
        self.closed = False

    @property
    def name(self) -> str:
        return self._name

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError(f"I/O operation on closed {self._kind}")

    def _warn_unclosed(self) -> None:
        """Runs when an open object is dropped."""

    def __del__(self) -> None:
        # An object whose construction failed has not got a handle.
        if self.__dict__.get("closed", True):
            return
        try:
            self._warn_unclosed()
        finally:
            self._connection.drop(self._handle)

    def __repr__(self) -> str:
        state = " [closed]" if self.closed else ""
        return f"<{type(self).__module__}.{type(self).__name__} {self._name!r}{state}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"cannot pickle a {self._kind}: {self._name!r}")


class ChunkBase(HandleObject[C]):
    """An open chunk."""

    _kind = "chunk"

    def __init__(self, connection: C, handle: int, name: str, store: Any) -> None:
        """store: it closes its files when it is dropped"""
        super().__init__(connection, handle, name)
        self._store = store
        self._calls = ChunkCalls(handle, connection, name)

    read = Method(ChunkCalls.read)
    write = Method(ChunkCalls.write)
    clear = Method(ChunkCalls.clear)
    sync = Method(ChunkCalls.sync)

    def _warn_unclosed(self) -> None:
        warnings.warn(f"unclosed chunk {self!r}", ResourceWarning, stacklevel=3, source=self)


class HeldLockBase(HandleObject[C]):
    """A lock that was granted. It stays its owner's when the object is dropped."""

    _kind = "lock"

    def __init__(self, connection: C, handle: int, name: str, owner: str, fence: int) -> None:
        super().__init__(connection, handle, name)
        self.owner = owner
        # Greater than that of every earlier grant.
        self.fence = fence


# A lock of either face.
AnyLock = HeldLockBase[Any]


class WatchBase(HandleObject[C]):
    """A watch of a chunk: an iterator of its events."""

    _kind = "watch"

    def __init__(self, connection: C, handle: int, name: str) -> None:
        super().__init__(connection, handle, name)
        self._calls = WatchCalls(handle, connection, name)

    read = Method(WatchCalls.read)


class ChunkStoreBase(HandleObject[C]):
    """Chunks: files of limited size in one directory of a volume."""

    _kind = "store of chunks"

    def __init__(self, volume: Any, connection: C, handle: int, name: str) -> None:
        """volume: it is closed when it is dropped"""
        super().__init__(connection, handle, name)
        self._volume = volume
        self._calls = ChunkStoreCalls(handle, connection, name)

    stat = Method(ChunkStoreCalls.stat)
    unlink = Method(ChunkStoreCalls.unlink)
    copy = Method(ChunkStoreCalls.copy)
    hash = Method(ChunkStoreCalls.hash)
    sync_names = Method(ChunkStoreCalls.sync_names)
    queue = Method(ChunkStoreCalls.queue)
    notify = Method(ChunkStoreCalls.notify)


class LocksBase(Shaped, Generic[S]):
    """Locks that outlive their program, by names of their own."""

    def __init__(self, store: S) -> None:
        self._store = store
        self._calls = store._calls

    unlock = Method(ChunkStoreCalls.unlock)
    lock_info = Method(ChunkStoreCalls.lock_info)
    break_lock = Method(ChunkStoreCalls.break_lock)
