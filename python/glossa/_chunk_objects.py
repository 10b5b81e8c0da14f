"""The parts of stores, chunks, locks and watches that threads and asyncio share: all but their requests."""

from __future__ import annotations

import warnings
from typing import Any, Generic, TypeVar

from ._connection_base import ConnectionBase

C = TypeVar("C", bound=ConnectionBase)


class HandleObject(Generic[C]):
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


class ChunkStoreBase(HandleObject[C]):
    """Chunks: files of limited size in one directory of a volume."""

    _kind = "store of chunks"
