"""Identity: the caller as whom the volume carries out operations."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack
from typing import NamedTuple

from . import _operations as operations
from ._request import Request
from ._values import decode_number

# An id that stays that of the server's own identity.
UNCHANGED = 0xFFFF_FFFF


# Subtracted from the mode of new files, as the server's own identity does.
UMASK = 0o022


class Identity(NamedTuple):
    """An id of -1 and an empty owner are those of the server's own identity."""

    uid: int = -1
    gid: int = -1
    groups: tuple[int, ...] = ()
    umask: int = UMASK
    lock_owner: bytes = b""


def make_identity(
    base: Identity,
    uid: int | None,
    gid: int | None,
    groups: Iterable[int] | None,
    umask: int | None,
    lock_owner: bytes | None,
) -> Identity:
    """The identity `base` with the values that are given. @raises TypeError, ValueError"""
    return Identity(
        base.uid if uid is None else check_number(uid, "uid"),
        base.gid if gid is None else check_number(gid, "gid"),
        base.groups if groups is None else tuple(check_number(id, "groups") for id in groups),
        base.umask if umask is None else check_number(umask, "umask", 0o777),
        base.lock_owner if lock_owner is None else check_owner(lock_owner),
    )


def check_number(value: object, name: str, last: int = UNCHANGED - 1) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}")
    if not 0 <= value <= last:
        raise ValueError(f"{name} must be from 0 to {last}, not {value}")
    return value


def check_owner(owner: object) -> bytes:
    if not isinstance(owner, bytes):
        raise TypeError(f"lock_owner must be bytes, not {type(owner).__name__}")
    if not 0 < len(owner) <= 1024:
        raise ValueError(f"lock_owner must have 1 to 1024 bytes, not {len(owner)}")
    return owner


def register(identity: Identity) -> Request[int]:
    """Registers an identity with the server; returns its number there."""
    uid, gid, groups, umask, owner = identity
    numbers = (uid & UNCHANGED, gid & UNCHANGED, umask)
    packed = pack(f">{len(groups)}I", *groups)
    return Request(operations.IDENTITY, numbers, (packed, owner), decode_number)
