"""The operations of a store of chunks, as requests or steps. `glossa.chunks` carries them out for threads, and
`glossa.aio` for asyncio. The server has the store: its queue, its open files, and its part in watches and locks.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import math
import os
from collections.abc import Callable
from errno import ETIMEDOUT
from time import monotonic
from typing import TYPE_CHECKING, Any, Optional, TypeVar

from . import _operations as operations
from ._arguments import StrPath, bytes_of, check_position, check_u32, encode_name, encode_path
from ._chunk_values import (
    MILLISECONDS,
    Grant,
    LockInfo,
    QueueInfo,
    WatchEvent,
    decode_event,
    decode_existed,
    decode_grant,
    decode_lock_info,
    decode_queue,
    make_held_error,
)
from ._operations import CREATE, DATA_MAX, EXCLUSIVE, SYNC_WRITES, WAIT, Operation
from ._request import Request, Steps, nothing
from ._values import decode_bytes, decode_name, decode_number, decode_stat

if TYPE_CHECKING:
    from ._chunk_objects import AnyLock

R = TypeVar("R")

# The number of open files that stands for the default.
DEFAULT_COUNT = 2**32 - 1


def to_milliseconds(seconds: Any, what: str) -> int:
    """Rounds up, at least to 1: 0 means no limit. @raises TypeError, ValueError, OverflowError"""
    if not isinstance(seconds, (int, float)):
        raise TypeError(f"{what} must be a number of seconds, not {type(seconds).__name__}")
    if not seconds >= 0:
        raise ValueError(f"{what} must not be negative: {seconds}")
    if math.isinf(seconds):
        return 0
    return max(1, math.ceil(seconds * MILLISECONDS))


class Deadline:
    """The time for a call, which may be several requests."""

    def __init__(self, timeout: Optional[float]) -> None:
        self._end: Optional[float] = None
        # A longer deadline than the protocol can carry has no effect.
        if timeout is not None and 0 < to_milliseconds(timeout, "timeout") < DEFAULT_COUNT:
            self._end = monotonic() + timeout
        self._is_first = True

    def rest(self) -> int:
        """The milliseconds for the next request; 0 for no limit. @raises TimeoutError"""
        if self._end is None:
            return 0
        rest = self._end - monotonic()
        if rest <= 0 and not self._is_first:
            raise TimeoutError(ETIMEDOUT, os.strerror(ETIMEDOUT))
        self._is_first = False
        return to_milliseconds(max(rest, 0), "timeout")


class HandleCalls:
    """Operations on a handle of a connection."""

    __slots__ = ("handle", "connection", "paths")

    def __init__(self, handle: int, connection: Any, *paths: Any) -> None:
        self.handle = handle
        self.connection = connection
        self.paths = paths

    def lock_handle(self, lock: Optional[AnyLock]) -> int:
        """@raises ValueError for a lock that was unlocked, or of another connection"""
        if lock is None:
            return 0
        if lock.closed:
            raise ValueError("the lock was unlocked or closed")
        if lock._connection is not self.connection:
            raise ValueError("the lock belongs to another connection than the chunks")
        return lock._handle


def open_store(
    directory: Optional[StrPath],
    chunk_size: Optional[int],
    in_flight: Optional[int],
    open_files: Optional[int],
    sync_writes: bool,
) -> Request[int]:
    size = 0 if chunk_size is None else check_least(chunk_size, "chunk_size")
    width = 0 if in_flight is None else check_u32(check_least(in_flight, "in_flight"), "in_flight")
    files = DEFAULT_COUNT if open_files is None else check_u32(open_files, "open_files")
    path = b"" if directory is None else encode_path(directory)
    numbers = (size, width, files, SYNC_WRITES if sync_writes else 0)
    paths = () if directory is None else (directory,)
    return Request(
        operations.CHUNK_STORE, numbers, (path,), decode_number, paths, opens=operations.CLOSE
    )


def name_store(directory: Optional[StrPath]) -> str:
    """The name of a store in messages."""
    return "/chunks" if directory is None else os.fspath(directory)


def check_least(value: Any, what: str) -> int:
    """@raises TypeError, ValueError for less than 1, OverflowError"""
    number = check_position(value, what)
    if number < 1:
        raise ValueError(f"{what} must be at least 1, not {number}")
    return number


class ChunkStoreCalls(HandleCalls):
    """Operations on chunks by name."""

    __slots__ = ()

    def _request(
        self,
        operation: Operation,
        name: str,
        timeout: Optional[float],
        lock: Optional[AnyLock],
        decode: Callable[[bytes], R],
    ) -> Request[R]:
        numbers = (self.handle, Deadline(timeout).rest(), self.lock_handle(lock))
        return Request(operation, numbers, (encode_path(name),), decode, (name,))

    def open_handle(
        self,
        name: str,
        create: bool = False,
        exclusive: bool = False,
        timeout: Optional[float] = None,
        lock: Optional[AnyLock] = None,
    ) -> Request[int]:
        flags = (CREATE if create else 0) | (EXCLUSIVE if exclusive else 0)
        numbers = (self.handle, flags, Deadline(timeout).rest(), self.lock_handle(lock))
        names = (encode_path(name),)
        return Request(
            operations.CHUNK_OPEN, numbers, names, decode_number, (name,), opens=operations.CLOSE
        )

    def stat(
        self, name: str, *, timeout: Optional[float] = None, lock: Optional[AnyLock] = None
    ) -> Request[os.stat_result]:
        """Attributes of a chunk, as os.stat."""
        return self._request(operations.CHUNK_STAT, name, timeout, lock, decode_stat)

    def unlink(
        self, name: str, *, timeout: Optional[float] = None, lock: Optional[AnyLock] = None
    ) -> Request[None]:
        """Removes a chunk. Objects that have it open can go on."""
        return self._request(operations.CHUNK_UNLINK, name, timeout, lock, nothing)

    def copy(
        self,
        src: str,
        dst: str,
        *,
        timeout: Optional[float] = None,
        lock: Optional[AnyLock] = None,
    ) -> Request[None]:
        """Copies a chunk. The copy has its name when all data is on the disk, and replaces an existing chunk."""
        numbers = (self.handle, Deadline(timeout).rest(), self.lock_handle(lock))
        names = (encode_path(src), encode_path(dst))
        return Request(operations.CHUNK_COPY, numbers, names, nothing, (src, dst))

    def hash(
        self, name: str, *, timeout: Optional[float] = None, lock: Optional[AnyLock] = None
    ) -> Request[str]:
        """The SHA-256 of a chunk without the zeros at its end, in hexadecimal digits."""
        return self._request(operations.CHUNK_HASH, name, timeout, lock, decode_name)

    def sync_names(
        self, *, timeout: Optional[float] = None, lock: Optional[AnyLock] = None
    ) -> Request[None]:
        """Waits until the names of all chunks are on the disk."""
        numbers = (self.handle, Deadline(timeout).rest(), self.lock_handle(lock))
        return Request(operations.CHUNK_SYNC_NAMES, numbers, (), nothing, self.paths)

    def queue(self) -> Request[QueueInfo]:
        """The number of requests under way and waiting, and of open files."""
        return Request(operations.CHUNK_QUEUE, (self.handle,), (), decode_queue, self.paths)

    def watch_handle(self, name: str) -> Request[int]:
        names = (encode_path(name),)
        return Request(
            *(operations.CHUNK_WATCH, (self.handle,), names, decode_number, (name,)),
            opens=operations.CLOSE,
        )

    def notify(self, name: str, text: str) -> Request[None]:
        """Sends a notice to all that watch a chunk, a text of at most 1024 bytes."""
        buffers = (encode_path(name), text.encode())
        return Request(operations.CHUNK_NOTIFY, (self.handle,), buffers, nothing, (name,))

    # -- locks -------------------------------------------------------------------------------------

    def lock_grant(
        self, name: str, owner: str, wait: bool, ttl: Optional[float], timeout: Optional[float]
    ) -> Steps[Grant]:
        """@raises LockHeldError"""
        life = 0 if ttl is None else to_milliseconds(ttl, "ttl")
        numbers = (self.handle, WAIT if wait else 0, Deadline(timeout).rest(), life)
        buffers = (encode_name(owner, "owner"), encode_path(name))
        grant = yield from Request(
            *(operations.CHUNK_LOCK, numbers, buffers, decode_grant, (name,)),
            # One that was granted to a caller who has gone is given back.
            opens=operations.CHUNK_UNLOCK_HANDLE,
        )
        if grant.handle == 0:
            raise make_held_error(name, grant.holder)
        return grant

    def unlock(self, name: str, owner: str) -> Request[bool]:
        """Unlocks by owner, for example after a restart; returns whether there was a lock."""
        buffers = (encode_name(owner, "owner"), encode_path(name))
        return Request(operations.CHUNK_UNLOCK, (self.handle,), buffers, decode_existed, (name,))

    def lock_info(self, name: str) -> Request[LockInfo]:
        """The state of a lock."""
        buffers = (encode_path(name),)
        return Request(
            operations.CHUNK_LOCK_INFO, (self.handle,), buffers, decode_lock_info, (name,)
        )

    def break_lock(self, name: str, expected_owner: str, by: str) -> Request[LockInfo]:
        """
        Takes a lock from an owner that does not give it back. Its later requests with the lock fail with ESTALE.

        by: the one who breaks it, for the record
        """
        owners = (encode_name(expected_owner, "expected_owner"), encode_name(by, "by"))
        buffers = (encode_path(name), *owners)
        return Request(
            operations.CHUNK_BREAK_LOCK, (self.handle,), buffers, decode_lock_info, (name,)
        )


class ChunkCalls(HandleCalls):
    """Operations on an open chunk."""

    __slots__ = ()

    def read(
        self,
        offset: int,
        length: int,
        *,
        timeout: Optional[float] = None,
        lock: Optional[AnyLock] = None,
    ) -> Steps[bytes]:
        """Reads at most `length` bytes, fewer at the end of the chunk."""
        offset = check_position(offset, "offset")
        length = check_position(length, "length")
        deadline = Deadline(timeout)
        parts: list[bytes] = []
        while True:
            size = min(length, DATA_MAX)
            numbers = (self.handle, deadline.rest(), self.lock_handle(lock), offset, size)
            part = yield from Request(
                operations.CHUNK_READ, numbers, (), decode_bytes, self.paths
            )
            if len(part) == length and not parts:
                return part
            parts.append(part)
            offset += len(part)
            length -= len(part)
            if length == 0 or len(part) < size:
                return b"".join(parts)

    def write(
        self,
        offset: int,
        data: Any,
        *,
        timeout: Optional[float] = None,
        lock: Optional[AnyLock] = None,
    ) -> Steps[int]:
        """Writes all bytes, and returns their number. Bytes between the end of the chunk and `offset` become zeros."""
        view = bytes_of(data)
        offset = check_position(offset, "offset")
        deadline = Deadline(timeout)
        for at in range(0, max(len(view), 1), DATA_MAX):
            numbers = (self.handle, deadline.rest(), self.lock_handle(lock), offset + at)
            part = (view[at : at + DATA_MAX],)
            yield from Request(operations.CHUNK_WRITE, numbers, part, nothing, self.paths)
        return len(view)

    def clear(
        self,
        offset: int,
        length: int,
        *,
        timeout: Optional[float] = None,
        lock: Optional[AnyLock] = None,
    ) -> Request[None]:
        """Fills a range with zeros, and extends the chunk to its end."""
        span = (check_position(offset, "offset"), check_position(length, "length"))
        numbers = (self.handle, Deadline(timeout).rest(), self.lock_handle(lock), *span)
        return Request(operations.CHUNK_CLEAR, numbers, (), nothing, self.paths)

    def sync(
        self, *, timeout: Optional[float] = None, lock: Optional[AnyLock] = None
    ) -> Request[None]:
        """Waits until all data written before is on the disk."""
        numbers = (self.handle, Deadline(timeout).rest(), self.lock_handle(lock))
        return Request(operations.CHUNK_SYNC, numbers, (), nothing, self.paths)


def unlock_handle(handle: int, name: str) -> Request[bool]:
    """Gives a granted lock back."""
    return Request(operations.CHUNK_UNLOCK_HANDLE, (handle,), (), decode_existed, (name,))


class WatchCalls(HandleCalls):
    """Operations on a watch."""

    __slots__ = ("last",)

    def __init__(self, handle: int, connection: Any, *paths: Any) -> None:
        super().__init__(handle, connection, *paths)
        # The number of events so far. One whose request was cancelled comes again.
        self.last = 0

    def read(self, timeout: Optional[float] = None) -> Steps[Optional[WatchEvent]]:
        """Waits for the next event; None at the end: the chunk was removed, or the watch closed."""
        last = self.last
        numbers = (self.handle, Deadline(timeout).rest(), last)
        event = yield from Request(
            operations.CHUNK_EVENT, numbers, (), decode_event, self.paths
        )
        if event is not None:
            # Another thread may have got later events meanwhile.
            self.last = max(self.last, last + 1)
        return event
