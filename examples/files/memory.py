"""A complete file system in the interpreter's memory: names, data, links, attributes."""

import os
import time
from errno import ENODATA
from itertools import count
from stat import S_ISGID

from glupy import Files, attributes


class Node:
    """A file, directory or symbolic link."""

    numbers = count(1)

    def __init__(self, type, mode, uid=0, gid=0):
        now = time.time()
        self.about = {"type": type, "mode": mode, "uid": uid, "gid": gid, "ino": next(self.numbers)}
        self.about |= {"atime": now, "mtime": now, "ctime": now}
        self.data = bytearray()
        self.target = ""
        self.entries = {}
        self.xattrs = {}
        self.nlink = 1

    def touch(self):
        self.about["mtime"] = self.about["ctime"] = time.time()


class xlator(Files):
    def init(self):
        self.root = Node("directory", 0o1777)

    def find(self, path):
        node = self.root
        for name in path.split("/"):
            if name:
                node = node.entries.get(name)
                if node is None:
                    raise FileNotFoundError(path)
        return node

    def place(self, path):
        """The directory of a path, and the name in it."""
        above, _, name = path.rpartition("/")
        return self.find(above), name

    def make(self, path, type, mode):
        directory, name = self.place(path)
        gid = self.caller.gid
        if directory.about["mode"] & S_ISGID:
            gid = directory.about["gid"]
            mode |= S_ISGID if type == "directory" else 0
        node = Node(type, mode, self.caller.uid, gid)
        directory.entries[name] = node
        directory.touch()
        return node

    # -- reading ---------------------------------------------------------------------------------

    def list(self, path):
        return [(name, self.about(node)) for name, node in self.find(path).entries.items()]

    def stat(self, path):
        return self.about(self.find(path))

    def about(self, node):
        if node.about["type"] == "directory":
            links = 2 + sum(each.about["type"] == "directory" for each in node.entries.values())
            return attributes(nlink=links, **node.about)
        size = len(os.fsencode(node.target)) if node.target else len(node.data)
        return attributes(size, nlink=node.nlink, **node.about)

    def read(self, path, offset, size):
        return self.find(path).data[offset : offset + size]

    def readlink(self, path):
        return self.find(path).target

    # -- changing --------------------------------------------------------------------------------

    def write(self, path, offset, data):
        node = self.find(path)
        gap = offset - len(node.data)
        if gap > 0:
            node.data += bytes(gap)
        node.data[offset : offset + len(data)] = data
        node.touch()

    def truncate(self, path, size):
        node = self.find(path)
        node.data[size:] = bytes(max(0, size - len(node.data)))
        node.touch()

    def create(self, path, mode):
        self.make(path, "file", mode)

    def mkdir(self, path, mode):
        self.make(path, "directory", mode)

    def symlink(self, path, target):
        self.make(path, "symlink", 0o777).target = target

    def remove(self, path):
        directory, name = self.place(path)
        node = directory.entries.pop(name)
        node.nlink -= 1
        node.about["ctime"] = time.time()
        directory.touch()

    rmdir = remove

    def rename(self, path, new_path):
        directory, name = self.place(path)
        above, new_name = self.place(new_path)
        replaced = above.entries.get(new_name)
        if replaced is not None:
            replaced.nlink -= 1
        above.entries[new_name] = directory.entries.pop(name)
        directory.touch()
        above.touch()

    def link(self, path, new_path):
        node = self.find(path)
        above, name = self.place(new_path)
        above.entries[name] = node
        node.nlink += 1
        node.about["ctime"] = time.time()
        above.touch()

    def setattr(self, path, changes):
        self.find(path).about.update(changes, ctime=time.time())

    # -- extended attributes ---------------------------------------------------------------------

    def listxattr(self, path):
        return self.find(path).xattrs

    def getxattr(self, path, name):
        return self.find(path).xattrs.get(name)

    def setxattr(self, path, name, value, flags):
        node = self.find(path)
        node.xattrs[name] = value
        node.about["ctime"] = time.time()

    def removexattr(self, path, name):
        if self.find(path).xattrs.pop(name, None) is None:
            raise OSError(ENODATA, name)
