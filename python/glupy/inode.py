"""Inodes, fds and locs: what a fop acts on."""


import _host

from ._json import loads
from .errors import HandleExpired
from .values import NULL_GFID

# The dicts that modules keep with inodes, by inode number; the host tells when one is forgotten.
contexts = {}


def _known(text, what):
    if text is None:
        raise HandleExpired(f"the {what} is not known any more")
    return loads(text)


class Inode:
    """A file, directory or other thing in the volume, whatever its names.

    id: its number in this volume. Two objects for the same inode are equal, and have one ctx.
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
    def gfid(self):
        """Its identity, as uuid text; NULL_GFID as long as it is new."""
        return self._gfid or self._look()[0]

    @property
    def ia_type(self):
        """One of IA_*; IA_INVAL as long as it is new."""
        try:
            return self._type
        except AttributeError:
            return self._look()[1]

    @property
    def path(self):
        """A path from the root by any of its names, for people and logs."""
        return self._look()[2]

    @property
    def ctx(self):
        """A dict of your own that goes away when the volume forgets the inode."""
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


def inode(id):
    """The object for an inode's number; None for 0."""
    return Inode(id) if id else None


class Loc:
    """Where a fop acts: `name` in directory `parent`, and/or the inode itself.

    For a new name the inode is there but has no gfid yet. For a fop by gfid, parent and name are
    None. Locs do not change: `replace` makes another, `Loc.of` one of your own. Equal ones lead to
    the same place.
    """

    __slots__ = ("_inode", "_parent", "_name", "_gfid", "_pargfid")

    def __init__(self, inode, parent, name, gfid, pargfid):
        # Numbers of inodes, or 0, and gfids; the target's is None as long as nobody knows it.
        self._inode = inode
        self._parent = parent
        self._name = name
        self._gfid = gfid
        self._pargfid = pargfid

    @classmethod
    def of(cls, *, parent=None, name=None, inode=None, gfid=None):
        """A loc of your own: a name in a directory (`parent` an Inode), an inode, or a gfid."""
        if (parent is None) != (name is None) or not (parent or inode or gfid):
            raise TypeError("a loc needs a parent and a name, an inode, or a gfid")
        return cls(
            inode.id if inode else 0,
            parent.id if parent else 0,
            name,
            gfid or (inode.gfid if inode else None),
            parent.gfid if parent else NULL_GFID,
        )

    @property
    def name(self):
        """The last component of the path; None for a fop by gfid."""
        return self._name

    @property
    def pargfid(self):
        """The gfid of the directory; NULL_GFID for a fop by gfid."""
        return self._pargfid

    @property
    def inode(self):
        """The target, an Inode; None when a name is not known yet and none is to be made."""
        return Inode(self._inode, self._gfid) if self._inode else None

    @property
    def parent(self):
        """The directory, an Inode; None for a fop by gfid."""
        return Inode(self._parent, self._pargfid) if self._parent else None

    @property
    def gfid(self):
        """The target's gfid; NULL_GFID as long as nobody knows it."""
        return self._gfid or (Inode(self._inode).gfid if self._inode else NULL_GFID)

    @property
    def path(self):
        """Path from the root, for people and logs: a rename above may outdate it."""
        if self._parent and self._name is not None:
            above = self.parent.path
            return above + self._name if above.endswith("/") else f"{above}/{self._name}"
        return self.inode.path if self._inode else f"<gfid:{self._gfid or NULL_GFID}>"

    def replace(self, *, name=None, parent=None, inode=None):
        """Another loc with some parts exchanged. `parent` and `inode` are Inode objects."""
        return Loc(
            self._inode if inode is None else inode.id,
            self._parent if parent is None else parent.id,
            self._name if name is None else name,
            self._gfid if inode is None else inode.gfid,
            self._pargfid if parent is None else parent.gfid,
        )

    def _parts(self):
        return [self._inode, self._parent, self._name, self._gfid]

    def __eq__(self, other):
        return self is other or (isinstance(other, Loc) and self._parts() == other._parts())

    def __hash__(self):
        return hash((self._inode, self._parent, self._name, self._gfid))

    def __repr__(self):
        at = self._gfid if self._name is None else f"{self._pargfid}/{self._name}"
        return f"<Loc {at}>"


class Fd:
    """An open file or directory. The same fd is the same object until it is released.

    One that you opened yourself, by a `child.open`, `opendir` or `create` without an fd, is yours to
    close: by `close()`, or as in `with (await self.child.open(loc, os.O_RDONLY)).fd as fd:`.

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
    def inode(self):
        return Inode(self._get(0))

    @property
    def flags(self):
        """What it was opened with: O_*."""
        return self._get(1)

    @property
    def pid(self):
        """The process that opened it."""
        return self._get(2)

    @property
    def is_dir(self):
        return self._get(3)

    @property
    def ctx(self):
        """A dict of your own that goes away with the fd."""
        if self._released:
            raise HandleExpired("the fd has been released")
        if self._ctx is None:
            self._ctx = {}
        return self._ctx

    def close(self):
        """Closes an fd of your own. Closing it again does nothing."""
        if not self._closed and not _host.close_fd(self.id):
            raise ValueError("the fd was opened by somebody else, who closes it")
        self._closed = True

    def __enter__(self):
        return self

    def __exit__(self, *exception):
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
