"""The operations of a volume, each as a request or as steps of several. `Volume` carries them out for threads and
`aio.Volume` for asyncio, with the same names, arguments and results: those of os, os.path and shutil.
"""

from __future__ import annotations

import errno
import os
import posixpath
import shutil
import stat as modes
from collections.abc import Callable, Iterable
from typing import Any, Optional, TypeVar, overload

from . import _operations as operations
from ._arguments import (
    AnyPath,
    StrPath,
    bytes_of,
    Times,
    check_id,
    check_mode,
    check_position,
    check_u32,
    encode_name,
    encode_path,
    encode_times,
    is_bytes,
    volume_flags,
)
from ._file_calls import FileCalls
from ._operations import (
    DATA_MAX,
    FORCE,
    LSTAT,
    NOFOLLOW,
    RECURSIVE,
    STAT,
    STATS,
    SYMLINKS,
    Operation,
)
from ._request import Request, Steps, nothing
from ._values import (
    Entry,
    Listing,
    decode_bytes,
    decode_gfid,
    decode_listing,
    decode_listing_with_stats,
    decode_name,
    decode_names,
    decode_number,
    decode_stat,
    decode_statvfs,
)

R = TypeVar("R")

WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
NEW_FILE_MODE = 0o666


# Called with a function, the path on which it failed, and the error.
OnError = Callable[[Any, Any, BaseException], object]

# Called with a directory and the names in it; returns those that are left out.
Ignore = Callable[[Any, list[str]], Iterable[str]]


def follow(follow_symlinks: bool) -> int:
    return 0 if follow_symlinks else NOFOLLOW


def on_path(
    operation: Operation, path: Any, numbers: tuple[Any, ...], decode: Callable[[bytes], R]
) -> Request[R]:
    return Request(operation, numbers, (encode_path(path),), decode, (path,))


def same(path: Any, name: str) -> Any:
    """A name in the type of the path below which it was found."""
    return os.fsencode(name) if is_bytes(path) else name


class VolumeCalls:
    """Operations by path. They know neither connection nor identity."""

    def reload(self) -> Request[None]:
        return Request(operations.RELOAD, (), (), nothing)

    def set_log(self, file: Optional[StrPath], level: int) -> Request[None]:
        name = b"" if file is None else encode_path(os.path.abspath(file))
        return Request(operations.SET_LOG, (level,), (name,), nothing)

    def volume_id(self) -> Request[bytes]:
        return Request(operations.VOLUME_ID, (), (), decode_bytes)

    # -- attributes --------------------------------------------------------------------------------

    def stat(self, path: AnyPath, *, follow_symlinks: bool = True) -> Request[os.stat_result]:
        """Attributes, as os.stat."""
        operation = STAT if follow_symlinks else LSTAT
        return Request(operation, (), (encode_path(path),), decode_stat, (path,))

    def lstat(self, path: AnyPath) -> Request[os.stat_result]:
        """Attributes; those of a symbolic link itself."""
        return self.stat(path, follow_symlinks=False)

    def gfid(self, path: AnyPath) -> Request[bytes]:
        """The 16 bytes that name the file in the whole volume for all its life."""
        return on_path(operations.LSTAT, path, (), decode_gfid)

    def access(self, path: AnyPath, mode: int) -> Steps[bool]:
        """Whether permissions allow this, as os.access."""
        mode = check_u32(mode, "mode")
        try:
            yield from on_path(operations.ACCESS, path, (mode,), nothing)
        except OSError as error:
            if error.errno == errno.ENOTCONN:
                raise
            return False
        return True

    def _seek(self, path: AnyPath, follow_symlinks: bool = True) -> Steps[Optional[os.stat_result]]:
        try:
            return (yield from self.stat(path, follow_symlinks=follow_symlinks))
        except OSError as error:
            # As os.path does; but a lost connection says nothing of the file.
            if error.errno == errno.ENOTCONN:
                raise
            return None
        except ValueError:
            return None

    def exists(self, path: AnyPath) -> Steps[bool]:
        """Whether the file exists; False for a symbolic link that leads nowhere."""
        return (yield from self._seek(path)) is not None

    def lexists(self, path: AnyPath) -> Steps[bool]:
        """Whether the name exists."""
        return (yield from self._seek(path, False)) is not None

    def isfile(self, path: AnyPath) -> Steps[bool]:
        found = yield from self._seek(path)
        return found is not None and modes.S_ISREG(found.st_mode)

    def isdir(self, path: AnyPath) -> Steps[bool]:
        found = yield from self._seek(path)
        return found is not None and modes.S_ISDIR(found.st_mode)

    def islink(self, path: AnyPath) -> Steps[bool]:
        found = yield from self._seek(path, False)
        return found is not None and modes.S_ISLNK(found.st_mode)

    def getsize(self, path: AnyPath) -> Steps[int]:
        return (yield from self.stat(path)).st_size

    def getmtime(self, path: AnyPath) -> Steps[float]:
        return (yield from self.stat(path)).st_mtime

    def getatime(self, path: AnyPath) -> Steps[float]:
        return (yield from self.stat(path)).st_atime

    def getctime(self, path: AnyPath) -> Steps[float]:
        return (yield from self.stat(path)).st_ctime

    def samefile(self, path1: AnyPath, path2: AnyPath) -> Steps[bool]:
        """Whether two paths lead to one file."""
        first = yield from self.stat(path1)
        second = yield from self.stat(path2)
        return os.path.samestat(first, second)

    def chmod(self, path: AnyPath, mode: int, *, follow_symlinks: bool = True) -> Request[None]:
        numbers = (check_mode(mode), follow(follow_symlinks))
        return on_path(operations.CHMOD, path, numbers, nothing)

    def chown(
        self, path: AnyPath, uid: int, gid: int, *, follow_symlinks: bool = True
    ) -> Request[None]:
        """Sets the owners; -1 leaves one as it is."""
        ids = (check_id(uid, "uid"), check_id(gid, "gid"))
        return on_path(operations.CHOWN, path, (*ids, follow(follow_symlinks)), nothing)

    def lchown(self, path: AnyPath, uid: int, gid: int) -> Request[None]:
        return self.chown(path, uid, gid, follow_symlinks=False)

    def utime(
        self,
        path: AnyPath,
        times: Optional[Times] = None,
        *,
        ns: Optional[tuple[int, int]] = None,
        follow_symlinks: bool = True,
    ) -> Request[None]:
        """Sets times, as os.utime; without any to the present time."""
        numbers = (*encode_times(times, ns), follow(follow_symlinks))
        return on_path(operations.UTIMENS, path, numbers, nothing)

    def truncate(self, path: AnyPath, length: int) -> Request[None]:
        return on_path(operations.TRUNCATE, path, (check_position(length, "length"),), nothing)

    def statvfs(self, path: AnyPath) -> Request[os.statvfs_result]:
        """Size and free space of the volume."""
        return on_path(operations.STATVFS, path, (), decode_statvfs)

    # -- extended attributes -----------------------------------------------------------------------

    def getxattr(
        self, path: AnyPath, attribute: AnyPath, *, follow_symlinks: bool = True
    ) -> Request[bytes]:
        buffers = (encode_path(path), encode_name(attribute, "attribute"))
        flags = (follow(follow_symlinks),)
        return Request(operations.GETXATTR, flags, buffers, decode_bytes, (path,))

    def listxattr(
        self, path: Optional[AnyPath] = None, *, follow_symlinks: bool = True
    ) -> Request[list[str]]:
        path = "/" if path is None else path
        return on_path(operations.LISTXATTR, path, (follow(follow_symlinks),), decode_names)

    def setxattr(
        self,
        path: AnyPath,
        attribute: AnyPath,
        value: Any,
        flags: int = 0,
        *,
        follow_symlinks: bool = True,
    ) -> Request[None]:
        """
        value: a buffer of bytes
        flags: os.XATTR_CREATE or os.XATTR_REPLACE
        """
        buffers = (encode_path(path), encode_name(attribute, "attribute"), bytes_of(value))
        numbers = (check_u32(flags, "flags"), follow(follow_symlinks))
        return Request(operations.SETXATTR, numbers, buffers, nothing, (path,))

    def removexattr(
        self, path: AnyPath, attribute: AnyPath, *, follow_symlinks: bool = True
    ) -> Request[None]:
        buffers = (encode_path(path), encode_name(attribute, "attribute"))
        flags = (follow(follow_symlinks),)
        return Request(operations.REMOVEXATTR, flags, buffers, nothing, (path,))

    # -- names -------------------------------------------------------------------------------------

    def mkdir(self, path: AnyPath, mode: int = 0o777) -> Request[None]:
        return on_path(operations.MKDIR, path, (check_mode(mode), 0), nothing)

    def makedirs(self, name: AnyPath, mode: int = 0o777, exist_ok: bool = False) -> Steps[None]:
        """Makes a directory and those above it."""
        mode = check_mode(mode)
        if exist_ok:
            return (yield from on_path(operations.MKDIR, name, (mode, RECURSIVE), nothing))
        try:
            yield from self.mkdir(name, mode)
        except FileNotFoundError:
            parent = posixpath.dirname(encode_path(name).rstrip(b"/"))
            yield from on_path(operations.MKDIR, parent, (0o777, RECURSIVE), nothing)
            yield from self.mkdir(name, mode)

    def mknod(self, path: AnyPath, mode: int = 0o600, device: int = 0) -> Request[None]:
        numbers = (check_u32(mode, "mode"), check_u32(device, "device"))
        return on_path(operations.MKNOD, path, numbers, nothing)

    def mkfifo(self, path: AnyPath, mode: int = 0o666) -> Request[None]:
        return self.mknod(path, modes.S_IFIFO | check_mode(mode))

    def rmdir(self, path: AnyPath) -> Request[None]:
        return on_path(operations.RMDIR, path, (), nothing)

    def remove(self, path: AnyPath) -> Request[None]:
        return on_path(operations.UNLINK, path, (), nothing)

    def unlink(self, path: AnyPath) -> Request[None]:
        return on_path(operations.UNLINK, path, (), nothing)

    def rename(self, src: AnyPath, dst: AnyPath) -> Request[None]:
        return two_paths(operations.RENAME, src, dst, (0,))

    def replace(self, src: AnyPath, dst: AnyPath) -> Request[None]:
        return two_paths(operations.RENAME, src, dst, (0,))

    def link(self, src: AnyPath, dst: AnyPath) -> Request[None]:
        return two_paths(operations.LINK, src, dst, ())

    def symlink(
        self, src: AnyPath, dst: AnyPath, target_is_directory: bool = False
    ) -> Request[None]:
        return two_paths(operations.SYMLINK, src, dst, ())

    @overload
    def readlink(self, path: StrPath) -> Request[str]: ...
    @overload
    def readlink(self, path: bytes) -> Request[bytes]: ...
    def readlink(self, path: Any) -> Request[Any]:
        decode = decode_bytes if is_bytes(path) else decode_name
        return on_path(operations.READLINK, path, (), decode)

    def realpath(self, path: StrPath) -> Request[str]:
        """The path without symbolic links; the file must exist."""
        return on_path(operations.REALPATH, path, (), decode_name)

    # -- directories -------------------------------------------------------------------------------

    def opendir(self, path: AnyPath, with_stats: bool) -> Request[Listing]:
        """The first page of a directory; a handle other than 0 has further ones."""
        decode = decode_listing_with_stats if with_stats else decode_listing
        flags = STATS if with_stats else 0
        name = (encode_path(path),)
        return Request(
            operations.OPENDIR, (flags,), name, decode, (path,), opens=operations.CLOSE
        )

    def readdir(self, path: AnyPath, handle: int, with_stats: bool) -> Request[Listing]:
        decode = decode_listing_with_stats if with_stats else decode_listing
        return Request(operations.READDIR, (handle,), (), decode, (path,))

    def entries(self, path: AnyPath, with_stats: bool = False) -> Steps[list[Entry]]:
        """All entries of a directory."""
        handle, entries = yield from self.opendir(path, with_stats)
        try:
            while handle != 0:
                handle, further = yield from self.readdir(path, handle, with_stats)
                entries += further
        except (OSError, GeneratorExit):
            # The server closes a directory that fails, and all when the connection ends.
            raise
        except BaseException:
            yield from close_interrupted(handle, path)
            raise
        return entries

    def listdir(self, path: Any = "/") -> Steps[list[Any]]:
        """The names in a directory, in any order; bytes for a path that is bytes."""
        entries = yield from self.entries(path)
        if is_bytes(path):
            return [entry.name for entry in entries]
        return [decode_name(entry.name) for entry in entries]

    # -- data --------------------------------------------------------------------------------------

    def open_handle(self, path: AnyPath, flags: int, mode: int) -> Request[int]:
        """Opens a file, and returns its handle."""
        numbers = (volume_flags(check_u32(flags, "flags")), check_mode(mode))
        name = (encode_path(path),)
        return Request(
            operations.OPEN, numbers, name, decode_number, (path,), opens=operations.CLOSE
        )

    def read_bytes(self, path: AnyPath) -> Steps[bytes]:
        """The content of a file."""
        start = yield from on_path(operations.READ_FILE, path, (DATA_MAX,), decode_bytes)
        if len(start) < DATA_MAX:
            return start
        handle = yield from self.open_handle(path, os.O_RDONLY, 0)
        return (yield from close_after(handle, path, read_rest(handle, path, start)))

    def write_bytes(self, path: AnyPath, data: Any) -> Steps[int]:
        """Replaces the content of a file."""
        view = bytes_of(data)
        name = encode_path(path)
        if len(view) <= DATA_MAX:
            numbers = (WRITE_FLAGS, NEW_FILE_MODE)
            yield from Request(operations.WRITE_FILE, numbers, (name, view), nothing, (path,))
            return len(view)
        handle = yield from self.open_handle(path, WRITE_FLAGS, NEW_FILE_MODE)
        yield from close_after(handle, path, FileCalls(handle, path).write_all(view, 0))
        return len(view)

    def read_text(
        self, path: AnyPath, encoding: Optional[str] = None, errors: Optional[str] = None
    ) -> Steps[str]:
        """The content of a file as text, in UTF-8 unless told otherwise; line ends become \\n."""
        text = (yield from self.read_bytes(path)).decode(encoding or "utf-8", errors or "strict")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def write_text(
        self,
        path: AnyPath,
        data: str,
        encoding: Optional[str] = None,
        errors: Optional[str] = None,
    ) -> Steps[int]:
        content = check_text(data).encode(encoding or "utf-8", errors or "strict")
        yield from self.write_bytes(path, content)
        return len(data)

    # -- trees -------------------------------------------------------------------------------------

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


def read_rest(handle: int, path: Any, start: bytes) -> Steps[bytes]:
    """All of a file whose start was read, in whole messages."""
    parts = [start]
    while len(parts[-1]) == DATA_MAX:
        numbers = (handle, len(parts) * DATA_MAX, DATA_MAX)
        parts.append((yield from Request(operations.READ, numbers, (), decode_bytes, (path,))))
    return b"".join(parts)


def close_after(handle: int, path: Any, steps: Steps[R]) -> Steps[R]:
    """Closes a handle at the end of steps, also of those that fail or are interrupted."""
    close = Request(operations.CLOSE, (handle,), (), nothing, (path,))
    try:
        result = yield from steps
    except GeneratorExit:
        # The event loop has gone, and the connection with it.
        raise
    except BaseException:
        yield from close
        raise
    yield from close
    return result


def close_interrupted(handle: int, path: Any) -> Steps[None]:
    """Closes a handle that an interrupted request may have closed already."""
    try:
        yield from Request(operations.CLOSE, (handle,), (), nothing, (path,))
    except OSError:
        pass


def two_paths(
    operation: Operation, src: AnyPath, dst: AnyPath, numbers: tuple[int, ...]
) -> Request[None]:
    names = (encode_path(src), encode_path(dst))
    return Request(operation, numbers, names, nothing, (src, dst))


def check_text(data: Any) -> str:
    if not isinstance(data, str):
        raise TypeError(f"data must be str, not {type(data).__name__}")
    return data
