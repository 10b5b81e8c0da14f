"""glossa.chunks: chunks of block storage on a volume, with watches, and locks that stay.

    from glossa import Volume
    from glossa.chunks import ChunkStore, format_chunk_name

    with Volume("files.vol") as volume, ChunkStore.open(volume, in_flight=64) as store:
        with store.open_chunk(format_chunk_name("volume1", 2), create=True) as chunk:
            chunk.write(4096, b"data")
            chunk.sync()

`glossa.aio.ChunkStore` is the same for asyncio.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from ._arguments import StrPath
from ._chunk_calls import name_store, open_store, unlock_handle
from ._chunk_objects import (
    ChunkBase,
    ChunkStoreBase,
    HandleObject,
    HeldLockBase,
    LocksBase,
    WatchBase,
)
from ._chunk_values import (
    LockBreak,
    LockHeldError,
    LockHolder,
    LockInfo,
    LockWaiter,
    QueueInfo,
    WatchEvent,
    format_chunk_name,
)
from ._connection import Connection
from ._connection_base import make_close
from ._request import Call

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._volume import Volume

__all__ = [
    "Chunk",
    "ChunkStore",
    "HeldLock",
    "LockBreak",
    "LockHeldError",
    "LockHolder",
    "LockInfo",
    "LockWaiter",
    "Locks",
    "QueueInfo",
    "Watch",
    "WatchEvent",
    "format_chunk_name",
]

R = TypeVar("R")


class BlockingObject(HandleObject[Connection]):
    """An object whose callers are threads."""

    def _run(self, call: Call[R]) -> R:
        self._check_open()
        return self._connection.run(call)

    def close(self) -> None:
        """Ends the use of the object; a chunk reports errors of its delayed writes."""
        if not self.closed:
            self.closed = True
            self._connection.run(make_close(self._handle, self._name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Chunk(BlockingObject, ChunkBase[Connection]):
    """An open chunk. A request with `lock=` is sent only while that lock is held."""


class HeldLock(BlockingObject, HeldLockBase[Connection]):
    """A lock that was granted. `close` forgets it, and its owner keeps it; a `with` block unlocks it."""

    def unlock(self) -> bool:
        """Gives the lock to the first waiter; returns whether it was still there."""
        self._check_open()
        self.closed = True
        return self._connection.run(unlock_handle(self._handle, self._name))

    def __exit__(self, *_: object) -> None:
        if not self.closed:
            self.unlock()


class Watch(BlockingObject, WatchBase[Connection], Iterator[WatchEvent]):
    """The events of a chunk, until it is removed or the watch closed, by another thread perhaps."""

    def __next__(self) -> WatchEvent:
        event = None if self.closed else self.read()
        if event is None:
            raise StopIteration
        return event


class Locks(LocksBase["ChunkStore"]):
    """Locks that outlive their program, by names of their own."""

    def _run(self, call: Call[R]) -> R:
        return self._store._run(call)

    def lock(
        self,
        name: str,
        owner: str,
        *,
        wait: bool = True,
        ttl: float | None = None,
        timeout: float | None = None,
        on_grant: Callable[[HeldLock], object] | None = None,
    ) -> HeldLock:
        """
        Takes a lock. Its owner can take it again, for example after a restart, with a new fencing number.

        wait: whether to wait for it; otherwise LockHeldError has the `holder`
        ttl: seconds after which others may take it; by default never
        timeout: seconds of the wait, after which TimeoutError is raised
        on_grant: called with the lock when it is granted
        """
        grant = self._run(self._calls.lock_grant(name, owner, wait, ttl, timeout))
        lock = HeldLock(self._store._connection, grant.handle, name, owner, grant.fence)
        if on_grant is not None:
            on_grant(lock)
        return lock


class ChunkStore(BlockingObject, ChunkStoreBase[Connection]):
    """Chunks: files of limited size in one directory of a volume."""

    @classmethod
    def open(
        cls,
        volume: Volume,
        directory: StrPath | None = None,
        *,
        chunk_size: int | None = None,
        in_flight: int | None = None,
        open_files: int | None = None,
        sync_writes: bool = False,
    ) -> Self:
        """
        Opens the store of a directory, which is made if it is absent. Its requests have the identity of `volume`.

        directory: by default `/chunks`
        chunk_size: the most bytes of a chunk; by default 4 MiB
        in_flight: the most requests under way, by default 64; further ones wait in the server
        open_files: the most files that stay open after their last use; by default twice `in_flight`
        sync_writes: whether a write is on the disk when it returns
        """
        request = open_store(directory, chunk_size, in_flight, open_files, sync_writes)
        connection = volume._connector.connection()
        handle = connection.run(request, volume._identity)
        return cls(volume, connection, handle, name_store(directory))

    @property
    def locks(self) -> Locks:
        return Locks(self)

    def open_chunk(
        self,
        name: str,
        *,
        create: bool = False,
        exclusive: bool = False,
        timeout: float | None = None,
        lock: HeldLock | None = None,
    ) -> Chunk:
        """
        Opens a chunk.

        create: whether to make an absent one
        exclusive: with `create`, whether an existing one is an error
        """
        call = self._calls.open_handle(name, create, exclusive, timeout, lock)
        return Chunk(self._connection, self._run(call), name, self)

    def watch(self, name: str) -> Watch:
        """Begins to watch a chunk, which need not exist yet. No event after this call is missed."""
        return Watch(self._connection, self._run(self._calls.watch_handle(name)), name)
