"""Request: one message to the server, and the reply to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from errno import E2BIG
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union

from ._operations import DATA_MAX, FAILURE, LAST_PART, Operation

if TYPE_CHECKING:
    from _thread import LockType
    from asyncio import Future

R = TypeVar("R")

# Of the length that a message states, its own part.
LENGTH_BYTES = 4

# The server ends a connection with larger messages.
MAX_BYTES = DATA_MAX + 65_536

# Messages up to this size are copied into one buffer, which costs less than a list of buffers.
JOINED_BYTES = 16_384


def nothing(reply: bytes) -> None:
    """Decodes the reply of an operation without a result."""


class Request(Generic[R]):
    """One request. It is sent once, and takes its reply from the thread that reads the socket."""

    __slots__ = (
        "operation",
        "numbers",
        "buffers",
        "decode",
        "paths",
        "into",
        "opens",
        "number",
        "thread",
        "errno",
        "reply",
        "is_done",
        "wake",
        "future",
    )

    def __init__(
        self,
        operation: Operation,
        numbers: tuple[Any, ...],
        buffers: tuple[Any, ...],
        decode: Callable[[Any], R],
        paths: tuple[Any, ...] = (),
        into: memoryview | None = None,
        opens: Operation | None = None,
    ) -> None:
        """
        numbers, buffers: the arguments of fixed size, and those behind them
        paths: as the caller has given them, for errors
        into: writable memory for the result, whose length is then the reply that `decode` gets
        opens: the result is a handle, which this operation closes if the caller has gone
        """
        self.operation = operation
        self.numbers = numbers
        self.buffers = buffers
        self.decode = decode
        self.paths = paths
        self.into = into
        self.opens = opens
        self.number = 0
        self.thread = 0
        self.errno = 0
        self.reply: Any = b""
        self.is_done = False
        self.wake: LockType | None = None
        self.future: Future[None] | None = None

    def __iter__(self) -> Generator[Request[Any], Any, R]:
        return (yield self)

    def encode(self, identity: int) -> Sequence[Any]:
        """The buffers of the message. @raises OSError"""
        number, head, _, _ = self.operation
        buffers = self.buffers
        lengths = [*map(len, buffers)]
        size = head.size - LENGTH_BYTES + sum(lengths)
        if size > MAX_BYTES:
            raise OSError(E2BIG, os.strerror(E2BIG), *self.paths[:1])
        start = head.pack(size | LAST_PART, self.number, number, identity, *self.numbers, *lengths)
        if size > JOINED_BYTES:
            return (start, *buffers)
        return (b"".join((start, *buffers)),)

    def settle(self, errno: int, reply: bytes | int) -> None:
        """Takes the reply."""
        self.errno = errno
        self.reply = reply
        self.is_done = True

    def wake_caller(self) -> None:
        if self.wake is not None:
            wake(self.wake)
        elif self.future is not None and not self.future.done():
            self.future.set_result(None)

    def error(self) -> OSError:
        """The error of a request that has failed, of the subclass for its errno."""
        reply = bytes(self.reply)
        (length,) = FAILURE.unpack_from(reply)
        failed = reply[FAILURE.size : FAILURE.size + length]
        text = reply[FAILURE.size + length :].decode("utf-8", "replace")
        text = text or os.strerror(self.errno)
        paths = tuple(map(os.fspath, self.paths))
        if failed and failed not in map(os.fsencode, paths):
            return OSError(self.errno, text, os.fsdecode(failed))
        if len(paths) > 1:
            return OSError(self.errno, text, paths[0], None, paths[1])
        return OSError(self.errno, text, *paths)


def wake(sleeper: LockType) -> None:
    """Wakes a caller; one that is awake stays so."""
    try:
        sleeper.release()
    except RuntimeError:
        pass


# An operation of several requests.
Steps = Generator[Request[Any], Any, R]

# An operation: one request, or the steps of several.
Call = Union[Request[R], Steps[R]]
