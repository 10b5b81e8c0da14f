"""glupy: write a GlusterFS-style translator in Python.

    from glupy import Translator, ENOENT

    class xlator(Translator):
        def lookup(self, frame, loc, xdata):
            self.log.info("lookup %s", loc.name)
            frame.wind(loc, xdata)

A method named after a fop takes the place of that fop; a fop without a method passes through at no
cost. See `Translator` for what a class may define, `Frame` for what a method can do with a request.
"""

from ._errno import *  # noqa: F403  (every errno by name)
from ._errno import NAMES as _ERRNO_NAMES
from .child import Child
from .client import Client
from .data import Data, Dict
from .errors import AlreadyAnswered, HandleExpired, errorcode, strerror
from .files import Files, absent, attributes, directory
from .frame import Frame, Root
from .inode import Fd, Inode, Loc
from .option import Option
from .reply import Reply
from .translator import Translator
from .values import IA_IFBLK, IA_IFCHR, IA_IFDIR, IA_IFIFO, IA_IFLNK, IA_IFREG, IA_IFSOCK, IA_INVAL
from .values import NULL_GFID, ROOT_GFID, Dirent, Flock, Iatt, Lease, Statvfs

__all__ = [
    "AlreadyAnswered",
    "Child",
    "Client",
    "Data",
    "Dict",
    "Dirent",
    "Fd",
    "Files",
    "Flock",
    "Frame",
    "HandleExpired",
    "IA_IFBLK",
    "IA_IFCHR",
    "IA_IFDIR",
    "IA_IFIFO",
    "IA_IFLNK",
    "IA_IFREG",
    "IA_IFSOCK",
    "IA_INVAL",
    "Iatt",
    "Inode",
    "Lease",
    "Loc",
    "NULL_GFID",
    "Option",
    "ROOT_GFID",
    "Reply",
    "Root",
    "Statvfs",
    "Translator",
    "absent",
    "attributes",
    "directory",
    "errorcode",
    "strerror",
    *_ERRNO_NAMES,
]
