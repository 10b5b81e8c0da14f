"""ConformingVolume: the calls of Volume that behave as those of `os` and `shutil`."""
from gluster.gfapi.gfapi import Volume
from gluster.gfapi.utils import validate_mount


class ConformingVolume(Volume):
    """A volume without quirks. Its identity is its own, not that of the thread."""

    conforms = True
    _identity = {}

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._ids = {}

    def _set_identity(self, **ids):
        self._ids = {**self._ids, **ids}

    def _caller_ids(self):
        return self._ids

    def fopen(self, path, mode="r", *arguments, **options):
        """A file of `io`, as `open` makes it."""
        return self._call("open", path, mode, *arguments, **options)

    @validate_mount
    def _call(self, name, path, *arguments, **options):
        return getattr(self._fs, name)(self._at(path), *arguments, **options)

    def utime(self, path, times=None, **options):
        self._call("utime", path, times, **options)

    def symlink(self, src, dst, target_is_directory=False):
        super().symlink(src, dst)


def _take_over(name):
    """A method of glossa.Volume for a path from the working directory."""
    def method(self, path, *arguments, **options):
        return self._call(name, path, *arguments, **options)
    method.__name__ = name
    method.__qualname__ = f"ConformingVolume.{name}"
    method.__doc__ = f"As `{name}` of os, os.path or shutil."
    setattr(ConformingVolume, name, method)


def _take_over_pair(name):
    """The same for two paths."""
    def method(self, src, dst, *arguments, **options):
        return self._call(name, src, self._at(dst), *arguments, **options)
    method.__name__ = name
    method.__qualname__ = f"ConformingVolume.{name}"
    method.__doc__ = f"As `{name}` of os or shutil."
    setattr(ConformingVolume, name, method)


for _name in ("stat", "lstat", "statvfs", "getatime", "getmtime", "getctime", "getsize", "getxattr", "listxattr",
              "setxattr", "makedirs", "listdir", "scandir", "walk", "rmtree"):
    _take_over(_name)
for _name in "copyfile", "copymode", "copystat", "copy", "copy2", "copytree":
    _take_over_pair(_name)
