"""Values of replies: attributes, listings, and the like."""

from __future__ import annotations

import os
from struct import Struct
from typing import Any, NamedTuple

from ._operations import (
    ENTRY,
    ENTRY_WITH_STAT,
    LOCK_RESULT,
    STATVFS_FIELDS,
    STATVFS_RESULT,
    STAT_RESULT,
)

NANOSECONDS = 1_000_000_000
SECONDS = 1e-9

NUMBER = Struct(">I")
SIZE = Struct(">q")
GFID_BYTES = 16


def decode_number(reply: bytes) -> int:
    return NUMBER.unpack(reply)[0]


def decode_handle(reply: bytes) -> int:
    """The handle of an opened file, or of a page of a directory; 0 without a handle."""
    return NUMBER.unpack_from(reply)[0]


def decode_size(reply: bytes) -> int:
    return SIZE.unpack(reply)[0]


def decode_bytes(reply: bytes) -> bytes:
    return reply


def decode_count(reply: int) -> int:
    """The bytes that were written to the memory of a request."""
    return reply


def decode_name(reply: bytes) -> str:
    return reply.decode("utf-8", "surrogateescape")


def decode_names(reply: bytes) -> list[str]:
    names: list[str] = []
    at = 0
    while at < len(reply):
        (length,) = NUMBER.unpack_from(reply, at)
        at += NUMBER.size
        names.append(decode_name(reply[at : at + length]))
        at += length
    return names


def decode_gfid(reply: bytes) -> bytes:
    """Of attributes."""
    return reply[:GFID_BYTES]


FSID = STATVFS_FIELDS.index("fsid")

unpack_stat = STAT_RESULT.unpack
make_stat_result = os.stat_result


def decode_stat(reply: bytes) -> os.stat_result:
    return make_stat(unpack_stat(reply))


def make_stat(fields: tuple[Any, ...]) -> os.stat_result:
    """
    fields: those of STAT_FIELDS. A volume is one device, whose number is 0.
    """
    # One by one, not in groups, as this is the commonest reply.
    # fmt: off
    (
        _, ino, mode, nlink, uid, gid, rdev, blksize, size, blocks,
        atime, mtime, ctime, _, atime_ns, mtime_ns, ctime_ns, _,
    ) = fields
    return make_stat_result(
        (
            mode, ino, 0, nlink, uid, gid, size, atime, mtime, ctime,
            atime + atime_ns * SECONDS, mtime + mtime_ns * SECONDS, ctime + ctime_ns * SECONDS,
            atime * NANOSECONDS + atime_ns,
            mtime * NANOSECONDS + mtime_ns,
            ctime * NANOSECONDS + ctime_ns,
            blksize, blocks, rdev,
        )
    )
    # fmt: on


def decode_statvfs(reply: bytes) -> os.statvfs_result:
    fields = STATVFS_RESULT.unpack(reply)
    # os has the id of the file system last.
    return os.statvfs_result((*fields[:FSID], *fields[FSID + 1 :], fields[FSID]))


class Lock(NamedTuple):
    """A record lock, as fcntl(2) describes it."""

    type: int
    start: int
    length: int
    pid: int
    owner: bytes


def decode_lock(reply: bytes) -> Lock:
    type, start, length, pid = LOCK_RESULT.unpack_from(reply)
    return Lock(type, start, length, pid, reply[LOCK_RESULT.size :])


class Entry(NamedTuple):
    """An entry of a directory."""

    name: bytes
    # The bits of the mode that are the type.
    type: int
    stat: os.stat_result | None


class Listing(NamedTuple):
    """A page of a directory."""

    # Lists further entries, and is closed; 0 at the end of the directory.
    handle: int
    entries: list[Entry]


def decode_listing(reply: bytes) -> Listing:
    (handle,) = NUMBER.unpack_from(reply)
    entries: list[Entry] = []
    at = NUMBER.size
    while at < len(reply):
        kind, length = ENTRY.unpack_from(reply, at)
        at += ENTRY.size
        entries.append(Entry(reply[at : at + length], kind, None))
        at += length
    return Listing(handle, entries)


def decode_listing_with_stats(reply: bytes) -> Listing:
    (handle,) = NUMBER.unpack_from(reply)
    entries: list[Entry] = []
    at = NUMBER.size
    while at < len(reply):
        kind, *fields, length = ENTRY_WITH_STAT.unpack_from(reply, at)
        at += ENTRY_WITH_STAT.size
        entries.append(Entry(reply[at : at + length], kind, make_stat(tuple(fields))))
        at += length
    return Listing(handle, entries)
