"""File: an open file of a volume as a raw stream of `io`, and `open` with its buffers and text."""

from __future__ import annotations

import io
import os
import warnings
from typing import Any, TypeVar

from ._arguments import bytes_of, check_integer
from ._connection import Connection
from ._file_calls import FileCalls, writable
from ._identity import Identity
from ._operations import DATA_MAX
from ._request import Call
from ._shapes import Method, Shaped

R = TypeVar("R")

# As that of Python 3.14 and later.
BUFFER_BYTES = 131_072

# Flags of open(2) of the letters of a mode.
CREATION = {
    "r": 0,
    "w": os.O_CREAT | os.O_TRUNC,
    "x": os.O_CREAT | os.O_EXCL,
    "a": os.O_CREAT | os.O_APPEND,
}

ACCESS_MODES = os.O_RDONLY | os.O_WRONLY | os.O_RDWR


class FileMethods(Shaped):
    """The operations of os on descriptors, as methods of a file."""

    __slots__ = ()

    pread = Method(FileCalls.pread)
    preadinto = Method(FileCalls.preadinto)
    pwrite = Method(FileCalls.pwrite)
    sync = Method(FileCalls.sync)
    fallocate = Method(FileCalls.fallocate)
    discard = Method(FileCalls.discard)
    zerofill = Method(FileCalls.zerofill)
    stat = Method(FileCalls.stat)
    chmod = Method(FileCalls.chmod)
    chown = Method(FileCalls.chown)
    utime = Method(FileCalls.utime)
    getxattr = Method(FileCalls.getxattr)
    listxattr = Method(FileCalls.listxattr)
    setxattr = Method(FileCalls.setxattr)
    removexattr = Method(FileCalls.removexattr)
    lockf = Method(FileCalls.lockf)
    set_lock = Method(FileCalls.set_lock)


class File(FileMethods, io.RawIOBase):
    """An unbuffered file, as io.FileIO, with the operations of os on descriptors as methods.

    The file of a buffered or text stream is its `raw` or `buffer.raw`.
    """

    def __init__(
        self,
        connection: Connection,
        identity: Identity | None,
        calls: FileCalls,
        name: Any,
        flags: int,
    ) -> None:
        self._connection = connection
        self._identity = identity
        self._calls = calls
        self._flags = flags
        self._position = 0
        self.name = name

    def _run(self, call: Call[R]) -> R:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        return self._connection.run(call, self._identity)

    def copy_range(
        self, target: File, count: int, offset_src: int = 0, offset_dst: int = 0
    ) -> int:
        """Copies within the storage, as os.copy_file_range; returns the number of bytes."""
        handle = target._calls.handle
        return self._run(self._calls.copy_range(handle, count, offset_src, offset_dst))

    @property
    def handle(self) -> int:
        """The number of the file in the connection."""
        return self._calls.handle

    @property
    def mode(self) -> str:
        access = self._flags & ACCESS_MODES
        if self._flags & os.O_APPEND:
            return "ab+" if access == os.O_RDWR else "ab"
        if self._flags & os.O_EXCL and self._flags & os.O_CREAT:
            return "xb+" if access == os.O_RDWR else "xb"
        return {os.O_RDONLY: "rb", os.O_WRONLY: "wb"}.get(access, "rb+")

    def __repr__(self) -> str:
        state = " [closed]" if self.closed else ""
        return f"<glossa.File name={self.name!r} mode={self.mode!r}{state}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"cannot pickle an open file of a volume: {self.name!r}")

    # -- io.RawIOBase ------------------------------------------------------------------------------

    def readable(self) -> bool:
        self._check_open()
        return self._flags & ACCESS_MODES != os.O_WRONLY

    def writable(self) -> bool:
        self._check_open()
        return self._flags & ACCESS_MODES != os.O_RDONLY

    def seekable(self) -> bool:
        self._check_open()
        return True

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _check_readable(self) -> None:
        if not self.readable():
            raise io.UnsupportedOperation("File not open for reading")

    def _check_writable(self) -> None:
        if not self.writable():
            raise io.UnsupportedOperation("File not open for writing")

    def readinto(self, buffer: Any, /) -> int:
        self._check_readable()
        view = writable(buffer)
        if len(view) > DATA_MAX:
            view = view[:DATA_MAX]
        count = self._run(self._calls.read_into(view, self._position))
        self._position += count
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        self._check_readable()
        size = -1 if size is None else check_integer(size, "size")
        if size < 0:
            return self.readall()
        data = self._run(self._calls.read(min(size, DATA_MAX), self._position))
        self._position += len(data)
        return data

    def readall(self) -> bytes:
        self._check_readable()
        data = self._run(self._calls.read_rest(self._position))
        self._position += len(data)
        return data

    def write(self, data: Any, /) -> int:
        self._check_writable()
        view = bytes_of(data)
        self._position = self._run(self._calls.write_all(view, self._position))
        return len(view)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._position = self._run(self._calls.find(offset, whence, self._position))
        return self._position

    def tell(self) -> int:
        self._check_open()
        return self._position

    def truncate(self, size: int | None = None, /) -> int:
        self._check_writable()
        size = self._position if size is None else size
        self._run(self._calls.set_size(size))
        return size

    def close(self) -> None:
        if self.closed:
            return
        try:
            super().close()
        finally:
            self._connection.run(self._calls.close_handle())

    def __del__(self) -> None:
        # An object whose construction failed has not got a handle.
        if self.closed or "name" not in self.__dict__:
            return
        try:
            warnings.warn(f"unclosed file {self!r}", ResourceWarning, stacklevel=2, source=self)
        finally:
            self._connection.drop(self.handle)
            super().close()


class OpenMode:
    """A mode of open, such as `r+b`, taken apart. @raises TypeError, ValueError"""

    def __init__(self, mode: Any, buffering: Any, **text: Any) -> None:
        if not isinstance(mode, str):
            raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
        if not isinstance(buffering, int):
            raise TypeError(f"'{type(buffering).__name__}' object cannot be interpreted as an integer")
        letters = set(mode)
        if letters - set("axrwb+t") or len(mode) > len(letters):
            raise ValueError(f"invalid mode: {mode!r}")
        if len(letters & set("axrw")) != 1:
            raise ValueError("must have exactly one of create/read/write/append mode")
        if {"t", "b"} <= letters:
            raise ValueError("can't have text and binary mode at once")
        self.is_binary = "b" in letters
        if self.is_binary:
            for name, value in text.items():
                if value is not None:
                    raise ValueError(f"binary mode doesn't take an {name} argument")
            if buffering == 1:
                warnings.warn(
                    "line buffering (buffering=1) isn't supported in binary mode",
                    RuntimeWarning,
                    stacklevel=4,
                )
                buffering = -1
        elif buffering == 0:
            raise ValueError("can't have unbuffered text I/O")
        self.is_update = "+" in letters
        self.reads = "r" in letters or self.is_update
        self.writes = "r" not in letters or self.is_update
        self.appends = "a" in letters
        self.is_line_buffered = buffering == 1
        self.buffer_bytes = BUFFER_BYTES if buffering in (-1, 1) else buffering
        if self.buffer_bytes < 0:
            raise ValueError("invalid buffering size")

        access = os.O_RDWR if self.is_update else os.O_RDONLY if self.reads else os.O_WRONLY
        self.flags = access | CREATION[(letters & set("axrw")).pop()]

    def wrap(self, raw: File, encoding: Any, errors: Any, newline: Any) -> Any:
        """The stream of this mode over a file."""
        if self.buffer_bytes == 0:
            return raw
        if self.is_update:
            buffered: Any = io.BufferedRandom(raw, self.buffer_bytes)
        elif self.writes:
            buffered = io.BufferedWriter(raw, self.buffer_bytes)
        else:
            buffered = io.BufferedReader(raw, self.buffer_bytes)
        if self.is_binary:
            return buffered
        text = io.TextIOWrapper(
            buffered, encoding or "utf-8", errors, newline, self.is_line_buffered
        )
        return text
