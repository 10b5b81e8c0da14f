"""Chunks for asyncio: the classes of `glossa.chunks` with coroutines; `glossa.aio` has their names."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, TypeVar

from ._aio_connection import Connection
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
from ._chunk_values import WatchEvent
from ._connection_base import make_close
from ._request import Call
from ._shapes import Opening

if TYPE_CHECKING:
    from typing_extensions import Self

    from .aio import Volume

R = TypeVar("R")


class AwaitingObject(HandleObject[Connection]):
    """An object whose callers are tasks."""

    async def _run(self, call: Call[R]) -> R:
        self._check_open()
        return await self._connection.run(call)

    async def close(self) -> None:
        """Ends the use of the object; a chunk reports errors of its delayed writes."""
        if not self.closed:
            self.closed = True
            await self._connection.run(make_close(self._handle, self._name))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Chunk(AwaitingObject, ChunkBase[Connection]):
    """An open chunk. A request with `lock=` is sent only while that lock is held."""


class HeldLock(AwaitingObject, HeldLockBase[Connection]):
    """A lock that was granted. `close` forgets it, and its owner keeps it; an `async with` block unlocks it."""

    async def unlock(self) -> bool:
        """Gives the lock to the first waiter; returns whether it was still there."""
        self._check_open()
        self.closed = True
        return await self._connection.run(unlock_handle(self._handle, self._name))

    async def __aexit__(self, *_: object) -> None:
        if not self.closed:
            await self.unlock()


class Watch(AwaitingObject, WatchBase[Connection], AsyncIterator[WatchEvent]):
    """The events of a chunk, until it is removed or the watch closed, by another task perhaps."""

    async def __anext__(self) -> WatchEvent:
        event = None if self.closed else await self.read()
        if event is None:
            raise StopAsyncIteration
        return event


class Locks(LocksBase["ChunkStore"]):
    """Locks that outlive their program, by names of their own."""

    async def _run(self, call: Call[R]) -> R:
        return await self._store._run(call)

    def lock(
        self,
        name: str,
        owner: str,
        *,
        wait: bool = True,
        ttl: float | None = None,
        timeout: float | None = None,
        on_grant: Callable[[HeldLock], object] | None = None,
    ) -> Opening[HeldLock]:
        """
        Takes a lock. Its owner can take it again, for example after a restart, with a new fencing number.

        wait: whether to wait for it; otherwise LockHeldError has the `holder`
        ttl: seconds after which others may take it; by default never
        timeout: seconds of the wait, after which TimeoutError is raised
        on_grant: called with the lock when it is granted
        """

        async def take() -> HeldLock:
            grant = await self._run(self._calls.lock_grant(name, owner, wait, ttl, timeout))
            lock = HeldLock(self._store._connection, grant.handle, name, owner, grant.fence)
            if on_grant is not None:
                on_grant(lock)
            return lock

        return Opening(take)


class ChunkStore(AwaitingObject, ChunkStoreBase[Connection]):
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
    ) -> Opening[Self]:
        """
        Opens the store of a directory, which is made if it is absent. Its requests have the identity of `volume`.

        directory: by default `/chunks`
        chunk_size: the most bytes of a chunk; by default 4 MiB
        in_flight: the most requests under way, by default 64; further ones wait in the server
        open_files: the most files that stay open after their last use; by default twice `in_flight`
        sync_writes: whether a write is on the disk when it returns
        """
        request = open_store(directory, chunk_size, in_flight, open_files, sync_writes)

        async def open_directory() -> Self:
            connection = await volume._connector.connection()
            handle = await connection.run(request, volume._identity)
            return cls(volume, connection, handle, name_store(directory))

        return Opening(open_directory)

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
    ) -> Opening[Chunk]:
        """
        Opens a chunk.

        create: whether to make an absent one
        exclusive: with `create`, whether an existing one is an error
        """

        async def open_named() -> Chunk:
            call = self._calls.open_handle(name, create, exclusive, timeout, lock)
            return Chunk(self._connection, await self._run(call), name, self)

        return Opening(open_named)

    def watch(self, name: str) -> Opening[Watch]:
        """Begins to watch a chunk, which need not exist yet. Once awaited, no event is missed."""

        async def begin() -> Watch:
            handle = await self._run(self._calls.watch_handle(name))
            return Watch(self._connection, handle, name)

        return Opening(begin)
