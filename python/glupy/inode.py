"""Inodes, fds and locs: the objects of fops."""

from typing import Any, Self

import _host

from ._json import loads
from .errors import HandleExpired
from .values import NULL_GFID

# Modules' contexts of inodes, by number; the host notifies when one is forgotten.
contexts = {}


def _known(text, what):
    if text is None:
        raise HandleExpired(f"the {what} is not known any more")
    return loads(text)


class Inode:
    """A file, directory or other inode of the volume, independent of its names.

    id: its number in this volume. Two objects for the same inode are equal, and share one ctx.
    """

    __slots__ = ("id", "_gfid", "_type")

    def __init__(self, id, gfid=None):
        self.id = id
        self._gfid = gfid

    def _look(self):
        gfid, ia_type, path = _known(_host.inode(self.id), "inode")
        if gfid != NULL_GFID:
            self._gfid, self._type = gfid, ia_type
        return gfid, ia_type, path

    @property
    def gfid(self) -> str:
        """The inode's identity, as uuid text; NULL_GFID while it is new."""
        return self._gfid or self._look()[0]

    @property
    def ia_type(self) -> int:
        """One of IA_*; IA_INVAL while it is new."""
        try:
            return self._type
        except AttributeError:
            return self._look()[1]

    @property
    def path(self) -> str:
        """A path from the root by any of its names, for people and logs."""
        return self._look()[2]

    @property
    def ctx(self) -> dict[Any, Any]:
        """Your own dict, which lives until the volume forgets the inode."""
        found = contexts.get(self.id)
        if found is None:
            if not _host.track(self.id):
                raise HandleExpired("the inode is not known any more")
            found = contexts[self.id] = {}
        return found

    def __eq__(self, other):
        return isinstance(other, Inode) and other.id == self.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<Inode {self.id} {self._gfid or ''}>"


def _gfid_of(inode):
    """The gfid of an inode; None for a forgotten one, where a wind fails with ESTALE."""
    try:
        return inode and inode.gfid
    except HandleExpired:
        return None


class HostParts:
    """A loc's parts after its method has returned: each read first asks the host whether the
    request still lives.
    """

    __slots__ = ("_parts", "_request")

    def __init__(self, parts, request):
        self._parts = parts
        self._request = request

    def __getitem__(self, index):
        if not _host.alive(self._request):
            raise HandleExpired("the loc's request has ended; loc.copy() makes one to keep")
        return self._parts[index]

    def __iter__(self):
        return iter(self[:])


# The parts of a loc whose request has ended: request 0 never lives.
ENDED = HostParts((), 0)


def _lacking(parent, name):
    """The error text for an incomplete loc."""
    if name is not None:
        return "name needs a parent: the Inode of the directory that it is in"
    if parent is not None:
        return "parent needs a name; the directory itself is inode=..."
    return "a loc needs a parent and a name, an inode, or a gfid"


class Loc:
    """The target of a fop: `name` in directory `parent`, and/or the inode itself.

    For a new name, the inode has no gfid yet. A fop by gfid has neither parent nor name. Locs are
    immutable: `replace` makes a changed one, `Loc.of` your own. Equal locs have the same target. A
    loc of a request lives as long as the request; `copy()` keeps it.
    """

    __slots__ = ("_parts",)

    def __init__(self, parts):
        # Numbers of inode and parent, or 0; name; gfids of both, None for an unknown target's. A
        # request's own locs have a `HostParts` here later.
        self._parts = parts

    @classmethod
    def of(
        cls,
        *,
        parent: Inode | None = None,
        name: str | None = None,
        inode: Inode | None = None,
        gfid: str | None = None,
    ) -> Loc:
        """Your own loc: a name in a directory (`parent` an Inode), an inode, or a gfid."""
        if (parent is None) != (name is None) or not (parent or inode or gfid):
            raise TypeError(_lacking(parent, name))
        above = parent.id if parent else 0
        pargfid = _gfid_of(parent) or NULL_GFID
        known = _gfid_of(inode)
        if gfid and known and gfid != known:
            raise TypeError(f"a loc leads to one file: the gfid of inode is {known}, not {gfid}")
        return cls((inode.id if inode else 0, above, name, gfid or known, pargfid))

    # In a fop by name, as nearly all fops are, name and parent are never None.
    @property
    def name(self) -> str:
        """The last component of the path; None for a fop by gfid."""
        return self._parts[2]

    @property
    def pargfid(self) -> str:
        """The gfid of the directory; NULL_GFID for a fop by gfid."""
        return self._parts[4]

    @property
    def known(self) -> bool:
        """Whether the target has a gfid, from a lookup or a listing for example."""
        return self._parts[3] is not None

    @property
    def inode(self) -> Inode:
        """The target; None if the name is unknown and the fop does not make it."""
        id, _, _, gfid, _ = self._parts
        return Inode(id, gfid) if id else None

    @property
    def parent(self) -> Inode:
        """The directory; None for a fop by gfid."""
        _, id, _, _, gfid = self._parts
        return Inode(id, gfid) if id else None

    @property
    def gfid(self) -> str:
        """The target's gfid; NULL_GFID while it is unknown."""
        id, _, _, gfid, _ = self._parts
        return gfid or (Inode(id).gfid if id else NULL_GFID)

    @property
    def path(self) -> str:
        """The path from the root, for people and logs: a rename of a parent may outdate it."""
        id, parent, name, gfid, pargfid = self._parts
        if parent and name is not None:
            above = Inode(parent, pargfid).path
            return above + name if above.endswith("/") else f"{above}/{name}"
        return self.inode.path if id else f"<gfid:{gfid or NULL_GFID}>"

    def replace(
        self,
        *,
        name: str | None = None,
        parent: Inode | None = None,
        inode: Inode | None = None,
    ) -> Loc:
        """Another loc with some parts changed."""
        id, above, old_name, gfid, pargfid = self._parts
        if (parent is None) != (name is None) and old_name is None:
            raise TypeError(_lacking(parent, name))
        if inode is not None:
            id, gfid = inode.id, inode.gfid
        if parent is not None:
            above, pargfid = parent.id, parent.gfid
        return Loc((id, above, old_name if name is None else name, gfid, pargfid))

    def copy(self) -> Loc:
        """A copy of your own, which outlives the request."""
        return self.replace()

    def _ask_host(self, request):
        """Makes further reads ask the host whether `request` still lives."""
        if self._parts.__class__ is tuple:
            self._parts = HostParts(self._parts, request)

    def _packed(self):
        return self._parts[:4]

    def __eq__(self, other):
        return self is other or (isinstance(other, Loc) and self._parts[:4] == other._parts[:4])

    def __hash__(self):
        return hash(self._parts[:4])

    def __repr__(self):
        try:
            _, _, name, gfid, pargfid = self._parts
        except HandleExpired:
            return "<Loc of a request that has ended>"
        return f"<Loc {gfid if name is None else f'{pargfid}/{name}'}>"


class Fd:
    """An open file or directory. The same fd is the same object until it is released.

    You must close an fd that you opened yourself by a `child.open`, `opendir` or `create` without
    an fd: by `close()`, or as in `with (await self.child.open(loc, os.O_RDONLY)).fd as fd:`.

    id: its number in this process.
    """

    __slots__ = ("id", "_about", "_ctx", "_closed", "_released")
    known = {}

    def __init__(self, id):
        self.id = id
        self._about = None
        self._ctx = None
        self._closed = False
        self._released = False

    def _get(self, index):
        if self._about is None:
            self._about = _known(_host.fd(self.id), "fd")
        return self._about[index]

    @property
    def inode(self) -> Inode:
        return Inode(self._get(0))

    @property
    def flags(self) -> int:
        """The flags of the open: O_*."""
        return self._get(1)

    @property
    def pid(self) -> int:
        """The process that opened it."""
        return self._get(2)

    @property
    def is_dir(self) -> bool:
        return self._get(3)

    @property
    def ctx(self) -> dict[Any, Any]:
        """Your own dict, which lives as long as the fd."""
        if self._released:
            raise HandleExpired("the fd has been released")
        if self._ctx is None:
            self._ctx = {}
        return self._ctx

    def close(self) -> None:
        """Closes an fd that you opened. Closing it again does nothing."""
        if not self._closed and not _host.close_fd(self.id):
            raise ValueError("the fd was not opened by this module: its opener closes it")
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self):
        return f"<Fd {self.id}>"


def fd(id):
    """The object for an fd's number; None for 0."""
    if not id:
        return None
    found = Fd.known.get(id)
    if found is None:
        found = Fd(id)
        if _host.track_fd(id):
            Fd.known[id] = found
    return found
