"""Values of chunks: events of a watch, and the state of locks. Times are seconds since 1970."""

from __future__ import annotations

import errno
import json
import os
from struct import Struct
from time import gmtime, strftime
from typing import Any, NamedTuple, Optional

MILLISECONDS = 1000

GRANT = Struct(">Iq")


def format_chunk_name(volume_name: str, index: int) -> str:
    """The name of a chunk of a volume, such as `volume1_0002`."""
    return f"{volume_name}_{index:04d}"


class WatchEvent(NamedTuple):
    """An event of a watched chunk."""

    # "notice", "lost", "change" or "removed".
    kind: str
    # Of a notice: its number from 1, the process that has sent it, and its text.
    seq: Optional[int] = None
    pid: Optional[int] = None
    text: Optional[str] = None
    # Of "lost": the number of notices that are no longer stored.
    lost: Optional[int] = None


class LockHolder(NamedTuple):
    owner: str
    since: float
    # Time after which others may take the lock; None for never.
    expires_at: Optional[float]


class LockWaiter(NamedTuple):
    owner: str
    since: float
    # Seconds for which it wants the lock; None for ever.
    ttl: Optional[float]


class LockBreak(NamedTuple):
    """A lock that was taken from its owner."""

    owner: str
    fence: int
    # The one who has broken it.
    by: str
    at: float


class LockInfo(NamedTuple):
    """The state of a lock."""

    # The fencing number of the newest grant; 0 before the first one.
    fence: int
    holder: Optional[LockHolder]
    # In the order in which they get the lock.
    waiters: list[LockWaiter]
    last_break: Optional[LockBreak]


class QueueInfo(NamedTuple):
    """The requests of a store, and its open files."""

    in_flight: int
    queued: int
    open_files: int


class Grant(NamedTuple):
    """The reply to a request for a lock: handle 0 if another owner has it."""

    handle: int
    fence: int
    holder: Optional[LockHolder]


class LockHeldError(BlockingIOError):
    """Another owner has the lock."""

    holder: Optional[LockHolder] = None


def make_held_error(name: str, holder: Optional[LockHolder]) -> LockHeldError:
    text = os.strerror(errno.EAGAIN)
    if holder is not None:
        since = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(holder.since))
        text += f": {holder.owner!r} has it since {since}; if it never comes back: break_lock"
    error = LockHeldError(errno.EAGAIN, text, name)
    error.holder = holder
    return error


def to_seconds(milliseconds: Any) -> Any:
    return None if milliseconds is None else milliseconds / MILLISECONDS


def make_holder(record: Any) -> Optional[LockHolder]:
    if record is None:
        return None
    return LockHolder(
        record["owner"], to_seconds(record["since"]), to_seconds(record["expiresAt"])
    )


def make_break(record: Any) -> Optional[LockBreak]:
    if record is None:
        return None
    return LockBreak(record["owner"], record["fence"], record["by"], to_seconds(record["at"]))


def decode_grant(reply: bytes) -> Grant:
    handle, fence = GRANT.unpack_from(reply)
    holder = reply[GRANT.size :]
    return Grant(handle, fence, make_holder(json.loads(holder)) if holder else None)


def decode_lock_info(reply: bytes) -> LockInfo:
    record = json.loads(reply)
    waiters = [
        LockWaiter(waiter["owner"], to_seconds(waiter["since"]), to_seconds(waiter["ttlMs"]))
        for waiter in record["waiters"]
    ]
    holder = make_holder(record["holder"])
    return LockInfo(record["fence"], holder, waiters, make_break(record["lastBreak"]))


def decode_existed(reply: bytes) -> bool:
    return json.loads(reply)["existed"]


def decode_event(reply: bytes) -> Optional[WatchEvent]:
    """An event; None at the end of the watch."""
    event = json.loads(reply)
    if event is None:
        return None
    return WatchEvent(event["kind"], *map(event.get, ("seq", "pid", "text", "count")))


def decode_queue(reply: bytes) -> QueueInfo:
    counts = json.loads(reply)
    return QueueInfo(counts["inFlight"], counts["queued"], counts["openFiles"])
