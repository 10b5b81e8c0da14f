"""Open files of gluster.gfapi."""
import errno
import os
import threading

from gluster.gfapi._structures import Stat
from gluster.gfapi.utils import guard_methods, list_in_room, text_in_room, validate_glfd


class Handle(int):
    """The raw handle that `Volume.open` returns. `File` uses it, and copies of a File share it."""

    def __new__(cls, raw, conforms):
        handle = super().__new__(cls, id(raw))
        handle.raw = raw
        handle.conforms = conforms
        handle._lock = threading.Lock()
        handle._users = 0
        return handle

    def use(self):
        with self._lock:
            self._users += 1

    def leave(self):
        """Closes the file after its last user."""
        with self._lock:
            self._users -= 1
            is_last = self._users == 0
        if is_last:
            self.raw.close()


@guard_methods(validate_glfd)
class File:
    """An open file with a position of its own."""

    def __new__(cls, fd, path=None, mode=None):
        if not isinstance(fd, Handle):
            raise ValueError(f"a handle of Volume.open is expected, not {fd!r}")
        return super().__new__(ConformingFile if fd.conforms else cls)

    def __init__(self, fd, path=None, mode=None):
        fd.use()
        self.fd = fd
        self.originalpath = path
        self._mode = mode
        self._position = 0
        self._lock = threading.Lock()

    def __enter__(self):
        if self.fd is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self

    def __exit__(self, kind, error, traceback):
        if self.fd is not None:
            self.close()

    # -- properties, which are methods of Python's own files

    @property
    def fileno(self):
        return self.fd

    @property
    def mode(self):
        return self._mode

    @property
    def name(self):
        return self.originalpath

    @property
    def closed(self):
        return self.fd is None

    # -- data

    def read(self, size=-1):
        """Bytes; None at the end of the file. A negative size is that of the whole file."""
        if size < 0:
            size = self.fgetsize()
        with self._lock:
            data = self.fd.raw.pread(size, self._position)
            self._position += len(data)
        return data or None

    def readinto(self, buf):
        """Fills a bytearray; returns the number of bytes, 0 at the end of the file."""
        if not isinstance(buf, bytearray):
            raise TypeError(f"a bytearray is expected, not {type(buf).__name__}")
        with self._lock:
            count = self.fd.raw.preadinto(buf, self._position)
            self._position += count
        return count

    def write(self, data, flags=0):
        """Writes at the position; with O_DSYNC or O_SYNC in `flags`, to the storage. Text is encoded as UTF-8, of
        which libgfapi-python writes other bytes under Python 3. Returns the number of bytes.
        """
        if isinstance(data, str):
            data = data.encode()
        with self._lock:
            count = self.fd.raw.pwrite(data, self._position)
            self._position += count
        if flags & os.O_DSYNC:
            self.fd.raw.sync(flags & os.O_SYNC != os.O_SYNC)
        return count

    def lseek(self, pos, how):
        """Sets the position, which is returned; os.SEEK_DATA and os.SEEK_HOLE search."""
        raw = self.fd.raw
        with self._lock:
            if how == os.SEEK_CUR:
                pos += self._position
            elif how == os.SEEK_END:
                pos += raw.stat().st_size
            elif how in (os.SEEK_DATA, os.SEEK_HOLE):
                pos = raw.seek(pos, how)
            elif how != os.SEEK_SET:
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            if pos < 0:
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            self._position = pos
        return pos

    # -- the file

    def close(self):
        fd, self.fd = self.fd, None
        fd.leave()

    def dup(self):
        """Another File of the same open file, at its beginning."""
        return File(self.fd, self.originalpath)

    def fstat(self):
        return Stat.of(self.fd.raw.stat())

    def fgetsize(self):
        return self.fd.raw.stat().st_size

    def fchmod(self, mode):
        self.fd.raw.chmod(mode)

    def fchown(self, uid, gid):
        self.fd.raw.chown(uid, gid)

    def fsync(self):
        self.fd.raw.sync()

    def fdatasync(self):
        self.fd.raw.sync(True)

    def ftruncate(self, length):
        self.fd.raw.truncate(length)

    def fallocate(self, mode, offset, length):
        """Reserves space; `mode` 1 keeps the size (FALLOC_FL_KEEP_SIZE)."""
        self.fd.raw.fallocate(offset, length, mode == 1)

    def discard(self, offset, length):
        self.fd.raw.discard(offset, length)

    def zerofill(self, offset, length):
        self.fd.raw.zerofill(offset, length)

    # -- extended attributes

    def fgetxattr(self, key, size=0):
        return text_in_room(lambda: self.fd.raw.getxattr(key), size)

    def flistxattr(self, size=0):
        return list_in_room(self.fd.raw.listxattr, size)

    def fsetxattr(self, key, value, flags=0):
        self.fd.raw.setxattr(key, os.fsencode(value), flags)

    def fremovexattr(self, key):
        self.fd.raw.removexattr(key)


@guard_methods(validate_glfd, "close")
class ConformingFile(File):
    """The file of a volume without quirks."""

    def read(self, size=-1):
        """Bytes, none at the end of the file. A negative size reads the rest."""
        if size is None or size < 0:
            size = max(0, self.fgetsize() - self._position)
        return super().read(size) or b""

    def close(self):
        """Does nothing the second time."""
        if self.fd is not None:
            super().close()

    def fstat(self):
        return self.fd.raw.stat()

    def fgetxattr(self, key, size=0):
        return self.fd.raw.getxattr(key)
