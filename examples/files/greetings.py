"""A dict of files, served as a file system that can be read."""

from glupy import Files, directory

TREE = {"/": ["hello", "more"], "/more": ["again"]}
DATA = {"/hello": b"Hello, world\n", "/more/again": b"Hello again\n"}


class xlator(Files):
    def list(self, path):
        return TREE[path]

    def stat(self, path):
        return directory() if path in TREE else len(DATA[path]) if path in DATA else None

    def read(self, path, offset, size):
        return DATA[path][offset : offset + size]
