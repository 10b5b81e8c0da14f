"""Sends a translator's invalidations to the host (bridges/host/crossing/decision.ts)."""

import _host

from ._json import dumps
from .inode import Fd, Inode, Loc


def invalidate(what, name, data, expire, removed):
    """See Translator.invalidate."""
    if isinstance(what, Loc):
        if name is not None:
            raise TypeError("invalidate takes a loc, or a directory and a name")
        what, name = (what.inode, None) if what.name is None else (what.parent, what.name)
    if what is None:
        if name is not None or removed is not None:
            raise TypeError("invalidate needs the directory that the name is in")
        _say("every-entry")
    elif name is None:
        if removed is not None or expire:
            raise TypeError("expire and removed are about a name")
        _say("inode", _number(what), bool(data))
    elif removed is not None:
        _say("removed", _number(what), name, _number(removed))
    else:
        _say("entry", _number(what), name, bool(expire))


def changed_path(path):
    """See Files.changed."""
    if not isinstance(path, str) or not path.startswith("/"):
        raise ValueError(f"changed takes a path that begins with a slash, not {path!r:.60}")
    above, _, name = path.rpartition("/")
    if name:
        _say("entry", above or "/", name, False)
    _say("inode", path, True)


def _number(inode):
    """The inode's number for the host, or its gfid."""
    if isinstance(inode, Fd):
        inode = inode.inode
    if isinstance(inode, Inode):
        return inode.id
    if isinstance(inode, str):
        return inode
    raise TypeError(f"an Inode, Fd, Loc or gfid was expected, not {type(inode).__name__}")


def _say(*message):
    try:
        _host.invalidate(dumps(message))
    except RuntimeError as error:
        raise ValueError(f"invalidate: {error}") from None
