"""The operations of an open file, as requests or steps. `File` and `aio.File` carry them out."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from typing import Any, Optional, TypeVar

from . import _operations as operations
from ._arguments import (
    AnyPath,
    Times,
    bytes_of,
    check_id,
    check_integer,
    check_mode,
    check_position,
    check_u32,
    encode_name,
    encode_times,
)
from ._operations import DATA_MAX, DATA_ONLY, Operation
from ._request import Request, Steps, nothing
from ._values import (
    Lock,
    decode_bytes,
    decode_count,
    decode_lock,
    decode_names,
    decode_size,
    decode_stat,
)

# Linux's os.SEEK_DATA and os.SEEK_HOLE, which a translator's Python does not have.
SEEK_DATA = 3
SEEK_HOLE = 4

R = TypeVar("R")

KEEP_SIZE = 1

LOCK_TYPES = (
    (fcntl.LOCK_UN, fcntl.F_UNLCK),
    (fcntl.LOCK_SH, fcntl.F_RDLCK),
    (fcntl.LOCK_EX, fcntl.F_WRLCK),
)


class FileCalls:
    """Operations on a handle. The position of a file is that of its caller."""

    __slots__ = ("handle", "paths")

    def __init__(self, handle: int, path: Any) -> None:
        self.handle = handle
        self.paths = (path,)

    def _request(
        self,
        operation: Operation,
        numbers: tuple[Any, ...],
        decode: Callable[[bytes], R],
        *buffers: Any,
    ) -> Request[R]:
        return Request(operation, (self.handle, *numbers), buffers, decode, self.paths)

    # -- data --------------------------------------------------------------------------------------

    def read(self, size: int, offset: int) -> Request[bytes]:
        return Request(
            operations.READ, (self.handle, offset, size), (), decode_bytes, self.paths
        )

    def read_into(self, view: memoryview, offset: int) -> Request[int]:
        numbers = (self.handle, offset, len(view))
        return Request(operations.READ, numbers, (), decode_count, self.paths, into=view)

    def _write(self, view: memoryview, offset: int) -> Request[int]:
        return self._request(operations.WRITE, (offset,), decode_size, view)

    def pread(self, size: int, offset: int) -> Steps[bytes]:
        """Reads at a position; fewer bytes at the end of the file."""
        size = check_position(size, "size")
        offset = check_position(offset, "offset")
        if size <= DATA_MAX:
            return (yield from self.read(size, offset))
        parts: list[bytes] = []
        while size > 0:
            part = yield from self.read(min(size, DATA_MAX), offset)
            if not part:
                break
            parts.append(part)
            size -= len(part)
            offset += len(part)
        return b"".join(parts)

    def preadinto(self, buffer: Any, offset: int) -> Steps[int]:
        """Reads at a position into writable memory; returns the number of bytes."""
        offset = check_position(offset, "offset")
        view = writable(buffer)
        done = 0
        while done < len(view):
            count = yield from self.read_into(view[done : done + DATA_MAX], offset + done)
            if count == 0:
                break
            done += count
        return done

    def pwrite(self, data: Any, offset: int) -> Steps[int]:
        """Writes all bytes at a position, or with O_APPEND at the end; returns their number."""
        view = bytes_of(data)
        offset = check_position(offset, "offset")
        yield from self.write_all(view, offset)
        return len(view)

    def write_all(self, view: memoryview, offset: int) -> Steps[int]:
        """Returns the position after the bytes."""
        if len(view) <= DATA_MAX:
            return (yield from self._write(view, offset))
        for at in range(0, len(view), DATA_MAX):
            offset = yield from self._write(view[at : at + DATA_MAX], offset)
        return offset

    def read_rest(self, offset: int) -> Steps[bytes]:
        """All bytes from a position to the end of the file."""
        parts: list[bytes] = []
        while True:
            part = yield from self.read(DATA_MAX, offset)
            if not part:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            parts.append(part)
            offset += len(part)

    def find(self, offset: int, whence: int, position: int) -> Steps[int]:
        """The position that a seek from `position` leads to."""
        offset = check_integer(offset, "offset")
        if whence in (SEEK_DATA, SEEK_HOLE):
            numbers = (check_position(offset, "offset"), whence)
            return (yield from self._request(operations.SEEK, numbers, decode_size))
        if whence == os.SEEK_CUR:
            offset += position
        elif whence == os.SEEK_END:
            offset += (yield from self.stat()).st_size
        elif whence != os.SEEK_SET:
            raise ValueError(f"invalid whence: {whence}")
        return check_position(offset, "offset")

    def copy_range(
        self, target: int, size: int, offset: int, target_offset: int
    ) -> Request[int]:
        """Copies within the storage to another handle; returns the number of bytes."""
        position = check_position(target_offset, "offset_dst")
        numbers = (check_position(offset, "offset_src"), target, position)
        return self._request(
            operations.COPY_RANGE, (*numbers, check_position(size, "count")), decode_size
        )

    def sync(self, data_only: bool = False) -> Request[None]:
        """Waits until all written data is stored."""
        return self._request(operations.FSYNC, (DATA_ONLY if data_only else 0,), nothing)

    def close_handle(self) -> Request[None]:
        return self._request(operations.CLOSE, (), nothing)

    # -- space -------------------------------------------------------------------------------------

    def set_size(self, size: int) -> Request[None]:
        return self._request(operations.FTRUNCATE, (check_position(size, "size"),), nothing)

    def fallocate(self, offset: int, length: int, keep_size: bool = False) -> Request[None]:
        """Reserves space."""
        mode = KEEP_SIZE if keep_size else 0
        return self._request(operations.FALLOCATE, (mode, *span(offset, length)), nothing)

    def discard(self, offset: int, length: int) -> Request[None]:
        """Makes a hole."""
        return self._request(operations.DISCARD, span(offset, length), nothing)

    def zerofill(self, offset: int, length: int) -> Request[None]:
        """Fills a range with zeros."""
        return self._request(operations.ZEROFILL, span(offset, length), nothing)

    # -- attributes --------------------------------------------------------------------------------

    def stat(self) -> Request[os.stat_result]:
        return self._request(operations.FSTAT, (), decode_stat)

    def chmod(self, mode: int) -> Request[None]:
        return self._request(operations.FCHMOD, (check_mode(mode),), nothing)

    def chown(self, uid: int, gid: int) -> Request[None]:
        """Sets the owners; -1 leaves one as it is."""
        ids = (check_id(uid, "uid"), check_id(gid, "gid"))
        return self._request(operations.FCHOWN, ids, nothing)

    def utime(
        self, times: Optional[Times] = None, *, ns: Optional[tuple[int, int]] = None
    ) -> Request[None]:
        return self._request(operations.FUTIMENS, encode_times(times, ns), nothing)

    def getxattr(self, attribute: AnyPath) -> Request[bytes]:
        name = encode_name(attribute, "attribute")
        return self._request(operations.FGETXATTR, (), decode_bytes, name)

    def listxattr(self) -> Request[list[str]]:
        return self._request(operations.FLISTXATTR, (), decode_names)

    def setxattr(self, attribute: AnyPath, value: Any, flags: int = 0) -> Request[None]:
        """
        flags: os.XATTR_CREATE or os.XATTR_REPLACE
        """
        numbers = (check_u32(flags, "flags"),)
        name = encode_name(attribute, "attribute")
        return self._request(operations.FSETXATTR, numbers, nothing, name, bytes_of(value))

    def removexattr(self, attribute: AnyPath) -> Request[None]:
        name = encode_name(attribute, "attribute")
        return self._request(operations.FREMOVEXATTR, (), nothing, name)

    # -- record locks ------------------------------------------------------------------------------

    def set_lock(self, command: int, type: int, start: int, length: int) -> Request[Lock]:
        """
        command: fcntl.F_GETLK, F_SETLK, or F_SETLKW, which waits
        type: fcntl.F_RDLCK, F_WRLCK, or F_UNLCK
        length: 0 is all to the end of the file
        """
        numbers = (check_u32(command, "command"), check_u32(type, "type"))
        return self._request(operations.LOCK, (*numbers, *span(start, length)), decode_lock)

    def lockf(self, cmd: int, len: int = 0, start: int = 0) -> Steps[None]:
        """Takes or releases a record lock, as fcntl.lockf; the owner is that of the identity."""
        cmd = check_integer(cmd, "cmd")
        for flag, type in LOCK_TYPES:
            if cmd & flag:
                waits = not cmd & (fcntl.LOCK_NB | fcntl.LOCK_UN)
                command = fcntl.F_SETLKW if waits else fcntl.F_SETLK
                yield from self.set_lock(command, type, start, len)
                return
        raise ValueError("unrecognized lockf argument")


def span(offset: Any, length: Any) -> tuple[int, int]:
    return (check_position(offset, "offset"), check_position(length, "length"))


def writable(buffer: Any) -> memoryview:
    """The memory of a writable buffer, as bytes. @raises TypeError"""
    view = memoryview(buffer)
    if view.readonly:
        raise TypeError(f"a writable bytes-like object is required, not {type(buffer).__name__}")
    return view if view.format == "B" and view.ndim == 1 else view.cast("B")
