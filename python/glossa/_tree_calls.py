"""Operations of shutil: copies and removals, which the server carries out many files at a time."""

from __future__ import annotations

import posixpath
import shutil
import stat as modes
from collections.abc import Callable, Iterable
from typing import Any, Optional

from . import _operations as operations
from ._arguments import AnyPath, encode_path
from ._calls import VolumeCalls, on_path, two_paths
from ._operations import FORCE, RECURSIVE, SYMLINKS
from ._request import Steps, nothing
from ._values import decode_name

# Called with a function, the path on which it failed, and the error.
OnError = Callable[[Any, Any, BaseException], object]

# Called with a directory and the names in it; returns those that are left out.
Ignore = Callable[[Any, list[str]], Iterable[str]]


class TreeCalls(VolumeCalls):
    """The operations of VolumeCalls, and those of shutil."""

    def copyfile(self, src: AnyPath, dst: AnyPath, *, follow_symlinks: bool = True) -> Steps[Any]:
        """Copies the content of a file within the volume; returns `dst`."""
        if not follow_symlinks and (yield from self.islink(src)):
            yield from self.symlink((yield from self.readlink(encode_path(src))), dst)
            return dst
        target = yield from self._seek(dst)
        if target is not None and (yield from self.samefile(src, dst)):
            raise shutil.SameFileError(f"{src!r} and {dst!r} are the same file")
        yield from two_paths(operations.COPY_FILE, src, dst, (0,))
        return dst

    def copymode(self, src: AnyPath, dst: AnyPath, *, follow_symlinks: bool = True) -> Steps[None]:
        found = yield from self.stat(src, follow_symlinks=follow_symlinks)
        yield from self.chmod(dst, modes.S_IMODE(found.st_mode), follow_symlinks=follow_symlinks)

    def copystat(self, src: AnyPath, dst: AnyPath, *, follow_symlinks: bool = True) -> Steps[None]:
        """Copies permissions and times."""
        found = yield from self.stat(src, follow_symlinks=follow_symlinks)
        if not modes.S_ISLNK(found.st_mode):
            yield from self.chmod(dst, modes.S_IMODE(found.st_mode))
        times = (found.st_atime_ns, found.st_mtime_ns)
        yield from self.utime(dst, ns=times, follow_symlinks=follow_symlinks)

    def _inside(self, src: AnyPath, dst: Any) -> Steps[Any]:
        """The path of a copy: below `dst` if that is a directory."""
        if not (yield from self.isdir(dst)):
            return dst
        path = posixpath.join(
            encode_path(dst), posixpath.basename(encode_path(src).rstrip(b"/"))
        )
        return path if isinstance(dst, bytes) else decode_name(path)

    def copy(self, src: AnyPath, dst: AnyPath, *, follow_symlinks: bool = True) -> Steps[Any]:
        """Copies content and permissions; returns the path of the copy."""
        path = yield from self._inside(src, dst)
        yield from self.copyfile(src, path, follow_symlinks=follow_symlinks)
        yield from self.copymode(src, path, follow_symlinks=follow_symlinks)
        return path

    def copy2(self, src: AnyPath, dst: AnyPath, *, follow_symlinks: bool = True) -> Steps[Any]:
        """Copies content, permissions and times; returns the path of the copy."""
        path = yield from self._inside(src, dst)
        yield from self.copyfile(src, path, follow_symlinks=follow_symlinks)
        yield from self.copystat(src, path, follow_symlinks=follow_symlinks)
        return path

    def copytree(
        self,
        src: AnyPath,
        dst: AnyPath,
        symlinks: bool = False,
        ignore: Optional[Ignore] = None,
        *,
        dirs_exist_ok: bool = False,
    ) -> Steps[Any]:
        """Copies a tree within the volume; returns `dst`."""
        if ignore is not None:
            yield from self._copy_chosen(src, dst, symlinks, ignore, dirs_exist_ok)
            return dst
        flags = (SYMLINKS if symlinks else 0) | (FORCE if dirs_exist_ok else 0)
        yield from two_paths(operations.COPY_TREE, src, dst, (flags,))
        return dst

    def _copy_chosen(
        self, src: Any, dst: AnyPath, symlinks: bool, ignore: Ignore, dirs_exist_ok: bool
    ) -> Steps[None]:
        source, target = encode_path(src), encode_path(dst)
        entries = yield from self.entries(src)
        ignored = set(ignore(src, [decode_name(entry.name) for entry in entries]))
        yield from self.makedirs(dst, exist_ok=dirs_exist_ok)
        for entry in entries:
            if decode_name(entry.name) in ignored:
                continue
            path = posixpath.join(source, entry.name)
            to = posixpath.join(target, entry.name)
            found = yield from self.stat(path, follow_symlinks=not symlinks)
            if modes.S_ISDIR(found.st_mode):
                name = decode_name(path)
                yield from self._copy_chosen(name, to, symlinks, ignore, dirs_exist_ok)
            else:
                yield from self.copy2(path, to, follow_symlinks=not symlinks)
        yield from self.copystat(src, dst)

    def rmtree(
        self,
        path: AnyPath,
        ignore_errors: bool = False,
        onerror: Optional[Callable[[Any, Any, Any], object]] = None,
        *,
        onexc: Optional[OnError] = None,
    ) -> Steps[None]:
        """Removes a directory and all below it. The functions of the arguments are called once."""
        try:
            found = yield from self.lstat(path)
            if modes.S_ISLNK(found.st_mode):
                raise OSError("Cannot call rmtree on a symbolic link")
            if not modes.S_ISDIR(found.st_mode):
                yield from self.rmdir(path)
            yield from on_path(operations.RM, path, (RECURSIVE,), nothing)
        except OSError as error:
            if ignore_errors:
                return
            if onexc is not None:
                onexc(self.rmtree, error.filename or path, error)
            elif onerror is not None:
                about = (type(error), error, error.__traceback__)
                onerror(self.rmtree, error.filename or path, about)
            else:
                raise

    def move(self, src: AnyPath, dst: AnyPath) -> Steps[Any]:
        """Renames; a file goes into `dst` if that is a directory. Returns the new path."""
        path = yield from self._inside(src, dst)
        if path is not dst and (yield from self.lexists(path)):
            raise shutil.Error(f"Destination path {path!r} already exists")
        yield from self.rename(src, path)
        return path
