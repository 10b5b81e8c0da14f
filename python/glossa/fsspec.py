"""Files of a volume for fsspec, and so for pandas, dask and others: `glossa://VOLFILE:/path`.

    pandas.read_csv("glossa:///etc/glossa/data.vol:/table.csv")

VOLFILE is a path, or `HOST:/NAME` for a volume of a server of volfiles. fsspec finds this module by its entry
point; without an installed package, `import glossa.fsspec` registers it.
"""
import datetime
import io
import os
import re
import shutil
import stat
import uuid

import fsspec
from fsspec.utils import isfilelike, stringify_path

from . import Volume
from ._ranges import Range, read_ranges

PROTOCOL = "glossa"
# Bytes of one read or write of a copy from or to the local disk.
_PIECE_SIZE = 4 * 2**20

# `HOST:/NAME:/path` or `VOLFILE:/path`, as operands of `glossa fs`; a volfile may end with `.vol` alone.
_URL = re.compile(
    r"glossa:(?://|:)(?P<volume>(?P<host>[^/]+)(?<!\.vol):/(?P<name>[^/:]+)(?=:/)|.+?):(?P<path>/.*)", re.DOTALL)
_KINDS = {stat.S_IFDIR: "directory", stat.S_IFREG: "file", stat.S_IFLNK: "link"}


class GlossaFileSystem(fsspec.AbstractFileSystem):
    """The files of one volume. Instances of the same volume share one, with one connection."""

    protocol = PROTOCOL
    root_marker = "/"

    def __init__(self, volume, **options):
        """Opens `volume`: a volfile's path, or `HOST:/NAME`; other options are those of `glossa.Volume`."""
        super().__init__(**options)
        own = {name: value for name, value in options.items() if name not in _FSSPEC_OPTIONS}
        self.source = os.fspath(volume)
        match = _URL.fullmatch(f"{PROTOCOL}://{self.source}:/")
        if match["host"] is None:
            self.volume = Volume(self.source, **own)
        else:
            self.volume = Volume(host=match["host"], volname=match["name"], **own)

    # -- paths

    @classmethod
    def _strip_protocol(cls, path):
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        path = stringify_path(path)
        match = _URL.fullmatch(path)
        if match is not None:
            path = match["path"]
        elif path.startswith((f"{PROTOCOL}://", f"{PROTOCOL}::")):
            raise ValueError(f"{path!r} names no path in a volume: glossa://VOLFILE:/path is expected")
        return "/" + path.strip("/")

    @staticmethod
    def _get_kwargs_from_urls(path):
        match = _URL.fullmatch(stringify_path(path))
        return {} if match is None else {"volume": match["volume"]}

    def unstrip_protocol(self, name):
        return f"{PROTOCOL}://{self.source}:{self._strip_protocol(name)}"

    # -- attributes and listings

    def _describe(self, path, found):
        """The record of a file whose attributes are those of lstat."""
        is_link = stat.S_ISLNK(found.st_mode)
        record = {"name": path, "islink": is_link}
        if is_link:
            record["destination"] = self.volume.readlink(path)
            try:
                found = self.volume.stat(path)
            except OSError:
                # The link leads nowhere, so the record is that of the link.
                record["size"] = 0
        record.setdefault("size", found.st_size)
        record["type"] = _KINDS.get(stat.S_IFMT(found.st_mode), "other")
        record["created"] = found.st_ctime
        for field in "mode", "uid", "gid", "mtime", "ino", "nlink":
            record[field] = getattr(found, f"st_{field}")
        return record

    def info(self, path, **_):
        path = self._strip_protocol(path)
        return self._describe(path, self.volume.lstat(path))

    def ls(self, path, detail=True, **_):
        path = self._strip_protocol(path)
        try:
            entries = list(self.volume.scandir(path))
        except NotADirectoryError:
            record = self.info(path)
            return [record] if detail else [path]
        names = [_join(path, entry.name) for entry in entries]
        if not detail:
            return sorted(names)
        records = [self._describe(name, entry.stat(follow_symlinks=False)) for name, entry in zip(names, entries)]
        return sorted(records, key=lambda record: record["name"])

    def lexists(self, path, **_):
        try:
            self.volume.lstat(self._strip_protocol(path))
        except OSError:
            return False
        return True

    def islink(self, path):
        return self.lexists(path) and self.info(path)["islink"]

    def created(self, path):
        """The last change of the file or its attributes: Linux's storages do not report the creation."""
        return _to_time(self.info(path)["created"])

    def modified(self, path):
        return _to_time(self.info(path)["mtime"])

    # -- names

    def mkdir(self, path, create_parents=True, **_):
        path = self._strip_protocol(path)
        if create_parents:
            self.volume.makedirs(path)
        else:
            self.volume.mkdir(path)

    def makedirs(self, path, exist_ok=False):
        self.volume.makedirs(self._strip_protocol(path), exist_ok=exist_ok)

    def rmdir(self, path):
        self.volume.rmdir(self._strip_protocol(path))

    def rm_file(self, path):
        self.volume.unlink(self._strip_protocol(path))

    _rm = rm_file

    def rm(self, path, recursive=False, maxdepth=None):
        if not recursive or maxdepth is not None:
            return super().rm(path, recursive=recursive, maxdepth=maxdepth)
        for each in path if isinstance(path, list) else [path]:
            for found in self.expand_path(each):
                if self.info(found)["islink"] or not self.isdir(found):
                    self.rm_file(found)
                else:
                    self.volume.rmtree(found)

    def mv_file(self, path1, path2, **_):
        self.volume.rename(self._strip_protocol(path1), self._strip_protocol(path2))

    def mv(self, path1, path2, recursive=False, maxdepth=None, **options):
        """Renames; patterns and lists are copied and removed."""
        is_one = isinstance(path1, str) and isinstance(path2, str) and maxdepth is None
        if not is_one or any(each in path1 for each in "*?["):
            return super().mv(path1, path2, recursive=recursive, maxdepth=maxdepth, **options)
        target = self._strip_protocol(path2)
        if path2.endswith("/") or self.isdir(target):
            target = _join(target, self._strip_protocol(path1).rsplit("/", 1)[1])
        self.makedirs(self._parent(target), exist_ok=True)
        self.mv_file(path1, target)

    def cp_file(self, path1, path2, **_):
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if self.isdir(source):
            self.makedirs(target, exist_ok=True)
        else:
            self.makedirs(self._parent(target), exist_ok=True)
            self.volume.copyfile(source, target)

    def touch(self, path, truncate=True, **_):
        path = self._strip_protocol(path)
        with self.volume.open(path, "wb" if truncate else "ab"):
            pass
        self.volume.utime(path)

    def chmod(self, path, mode):
        self.volume.chmod(self._strip_protocol(path), mode)

    # -- data

    def _open(self, path, mode="rb", block_size=None, autocommit=True, **_):
        path = self._strip_protocol(path)
        if not autocommit and "r" not in mode:
            return _UncommittedFile(self.volume, path, mode)
        buffering = {} if block_size is None else {"buffering": block_size}
        file = self.volume.open(path, mode, **buffering)
        file.size = self.volume.stat(path).st_size
        return file

    def cat_file(self, path, start=None, end=None, **_):
        path = self._strip_protocol(path)
        if start is None and end is None:
            return self.volume.read_bytes(path)
        [found] = self.cat_ranges([path], start, end)
        return _raise_error(found)

    def cat_ranges(self, paths, starts, ends, max_gap=None, on_error="return", **_):
        """The bytes of ranges, whose requests are under way together. In place of one that fails is its error, unless
        on_error is "raise".
        """
        if max_gap is not None:
            raise NotImplementedError("max_gap: ranges are not joined")
        if not isinstance(paths, list):
            raise TypeError(f"paths must be a list, not {type(paths).__name__}")
        starts, ends = (each if isinstance(each, list) else [each] * len(paths) for each in (starts, ends))
        if not len(starts) == len(ends) == len(paths):
            raise ValueError(f"{len(paths)} paths have {len(starts)} starts and {len(ends)} ends")
        found = read_ranges(self.volume, [*map(Range, map(self._strip_protocol, paths), starts, ends)])
        return [*map(_raise_error, found)] if on_error == "raise" else found

    def get_file(self, rpath, lpath, callback=None, outfile=None, **_):
        path = self._strip_protocol(rpath)
        target = lpath if isfilelike(lpath) else outfile
        if target is None and self.isdir(path):
            os.makedirs(lpath, exist_ok=True)
            return
        if target is None:
            os.makedirs(os.path.dirname(os.path.abspath(lpath)), exist_ok=True)
        with self.volume.open(path, "rb", buffering=0) as source:
            if target is not None:
                shutil.copyfileobj(source, target, _PIECE_SIZE)
                return
            with open(lpath, "wb") as local:
                shutil.copyfileobj(source, local, _PIECE_SIZE)

    def put_file(self, lpath, rpath, callback=None, **_):
        path = self._strip_protocol(rpath)
        if os.path.isdir(lpath):
            self.makedirs(path, exist_ok=True)
            return
        self.makedirs(self._parent(path), exist_ok=True)
        with open(lpath, "rb") as local, self.volume.open(path, "wb", buffering=0) as target:
            shutil.copyfileobj(local, target, _PIECE_SIZE)


class _UncommittedFile(io.BufferedWriter):
    """A file of an fsspec transaction: it gets its name at the commit."""

    def __init__(self, volume, path, mode):
        self._volume = volume
        self.path = path
        folder, _ = path.rsplit("/", 1)
        # Without the name, which may be as long as names can be.
        self._temporary = f"{folder}/.glossa-{uuid.uuid4().hex}"
        if "a" in mode and volume.exists(path):
            volume.copyfile(path, self._temporary)
        super().__init__(volume.open(self._temporary, mode, buffering=0))

    def commit(self):
        self._volume.rename(self._temporary, self.path)

    def discard(self):
        self._volume.unlink(self._temporary)


def _raise_error(found):
    if isinstance(found, OSError):
        raise found
    return found


def _join(folder, name):
    return f"{folder.rstrip('/')}/{name}"


def _to_time(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


# Options of fsspec's own class.
_FSSPEC_OPTIONS = {"use_listings_cache", "listings_expiry_time", "max_paths", "skip_instance_cache", "asynchronous",
                   "loop", "add_docs", "add_aliases"}

fsspec.register_implementation(PROTOCOL, GlossaFileSystem, clobber=True)
