"""A dict as a file system by path."""

from contents import DATA, NAMES
from glupy import Files, directory


class xlator(Files):
    def list(self, path):
        return NAMES[path]

    def stat(self, path):
        data = DATA.get(path)
        if data is not None:
            return len(data)
        return directory() if path in NAMES else None

    def read(self, path, offset, size):
        return DATA[path][offset : offset + size]
