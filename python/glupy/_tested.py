"""Values that a test reads from its volume."""

from collections import namedtuple

Asked = namedtuple("Asked", "fop path args")
Asked.__doc__ = """A request that reached the storage: the fop's name, the path of its first loc or
fd, and a dict of its arguments (a loc is its path)."""

Invalidated = namedtuple("Invalidated", "what path data expire")
Invalidated.__doc__ = """What was taken back: a name ("entry", "removed"), "inode" or "every-entry"."""

LogLine = namedtuple("LogLine", "level file line func text")
LogLine.__doc__ = """A line of the volume's log: level is a letter (E, W, I, D, …), file and line
are where it was written, text has a traceback's lines too."""

Inode = namedtuple("Inode", "gfid ia_type")
Inode.__doc__ = """An inode in a reply."""
