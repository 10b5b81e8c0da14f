"""The same files on fusepy, in memory, where more can be made: in the form of fusepy's own example.

    fusepy_memory.py MOUNTPOINT ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT
"""

import sys
from errno import ENODATA, ENOENT
from stat import S_IFDIR, S_IFREG
from time import time

from contents import DATA, NAMES

try:
    # Debian's name of the module.
    from fusepy import FUSE, FuseOSError, Operations
except ModuleNotFoundError:
    from fuse import FUSE, FuseOSError, Operations


class Memory(Operations):
    def __init__(self):
        self.data = {path: bytearray(data) for path, data in DATA.items()}
        self.names = {path: dict.fromkeys(names) for path, names in NAMES.items()}
        self.files = {path: self.about(S_IFDIR | 0o755, 2) for path in NAMES}
        for path, data in DATA.items():
            self.files[path] = self.about(S_IFREG | 0o644, 1, len(data))

    def about(self, mode, links, size=0):
        now = time()
        times = {"st_ctime": now, "st_mtime": now, "st_atime": now}
        return {"st_mode": mode, "st_nlink": links, "st_size": size, **times}

    def place(self, path):
        """The names of a path's directory, and the name in it."""
        above, _, name = path.rpartition("/")
        return self.names[above or "/"], name

    def getattr(self, path, fh=None):
        found = self.files.get(path)
        if found is None:
            raise FuseOSError(ENOENT)
        return found

    def getxattr(self, path, name, position=0):
        # There are none, but as in examples/files/memory.py there could be.
        raise FuseOSError(ENODATA)

    def readdir(self, path, fh):
        return [".", "..", *self.names[path]]

    def read(self, path, size, offset, fh):
        return bytes(self.data[path][offset : offset + size])

    def write(self, path, data, offset, fh):
        self.data[path][offset : offset + len(data)] = data
        about = self.files[path]
        about["st_size"] = len(self.data[path])
        about["st_mtime"] = time()
        return len(data)

    def create(self, path, mode, fi=None):
        names, name = self.place(path)
        names[name] = None
        self.files[path] = self.about(S_IFREG | mode, 1)
        self.data[path] = bytearray()
        return 0

    def mkdir(self, path, mode):
        names, name = self.place(path)
        names[name] = None
        self.files[path] = self.about(S_IFDIR | mode, 2)
        self.names[path] = {}

    def unlink(self, path):
        names, name = self.place(path)
        del names[name], self.files[path], self.data[path]

    def rmdir(self, path):
        names, name = self.place(path)
        del names[name], self.files[path], self.names[path]


mountpoint, entry, attribute, negative = sys.argv[1:]
FUSE(
    Memory(),
    mountpoint,
    foreground=True,
    fsname="memory",
    default_permissions=True,
    big_writes=True,
    # Otherwise libfuse renames a file that is removed before its last close has come.
    hard_remove=True,
    entry_timeout=entry,
    attr_timeout=attribute,
    negative_timeout=negative,
)
