"""Directories of gluster.gfapi: raw entries, and entries with attributes."""
import errno
import os
import posixpath
import stat

from gluster.gfapi._structures import Dirent, Stat

# Bits of a mode to the right of the type.
_TYPE_SHIFT = 12


class Dir:
    """Raw entries of a directory, `.` and `..` included; with `readdirplus`, pairs of an entry and its Stat."""

    def __init__(self, fd, readdirplus=False):
        """fd: of `Volume.opendir`: an iterator of (name, attributes)"""
        self.fd = fd
        self.readdirplus = readdirplus

    def __iter__(self):
        return self

    def __next__(self):
        name, found = next(self.fd)
        entry = Dirent(found.st_ino, 0, 0, stat.S_IFMT(found.st_mode) >> _TYPE_SHIFT, os.fsencode(name))
        return (entry, Stat.of(found)) if self.readdirplus else entry


def list_raw(fs, path, entries):
    """(name, attributes) of all in a directory, with `.` and `..`."""
    for name in ".", "..":
        yield name, fs.stat(posixpath.join(path, name))
    for entry in entries:
        yield entry.name, entry.stat(follow_symlinks=False)


class DirEntry:
    """A name in a directory with the attributes that came with the listing. Links are not followed by default."""

    __slots__ = "_volume", "_name", "_path", "_lstat", "_stat"

    def __init__(self, volume, directory, name, lstat):
        self._volume = volume
        self._name = name
        self._path = posixpath.join(directory, name)
        self._lstat = lstat
        self._stat = None

    def __repr__(self):
        return f"<{type(self).__name__} {self._name!r}>"

    @property
    def name(self):
        return self._name

    @property
    def path(self):
        """The name below the directory as `scandir` got it."""
        return self._path

    def inode(self):
        return self._lstat.st_ino

    def is_symlink(self):
        return stat.S_ISLNK(self._lstat.st_mode)

    def stat(self, follow_symlinks=False):
        if not follow_symlinks or not self.is_symlink():
            return self._lstat
        if self._stat is None:
            self._stat = self._volume.stat(self._path)
        return self._stat

    def is_dir(self, follow_symlinks=False):
        return stat.S_ISDIR(self._find_mode(follow_symlinks))

    def is_file(self, follow_symlinks=False):
        return stat.S_ISREG(self._find_mode(follow_symlinks))

    def _find_mode(self, follow_symlinks):
        try:
            return self.stat(follow_symlinks).st_mode
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return 0
