"""libgfapi by ctypes: a volume and its open files, for the programs of tests.

A call that fails raises OSError. The prototypes are those of GlusterFS 10's `glfs.h`. None of the programs
calls `glfs_fini`, which takes ten seconds: they end by `os._exit`.
"""
import collections
import ctypes
import os
import platform
import struct

lib = ctypes.CDLL("libgfapi.so.0", use_errno=True)
for _name in ("new", "creat", "open", "opendir", "readdir", "readdirplus", "dup"):
    getattr(lib, f"glfs_{_name}").restype = ctypes.c_void_p
for _name in ("read", "write", "pread", "pwrite", "getxattr", "listxattr", "fgetxattr", "flistxattr"):
    getattr(lib, f"glfs_{_name}").restype = ctypes.c_ssize_t
lib.glfs_lseek.restype = ctypes.c_int64

size, at = ctypes.c_size_t, ctypes.c_int64

Stat = collections.namedtuple("Stat", "dev ino nlink mode uid gid rdev size blocks atime mtime")
# Fields of struct statvfs that are read, and their indices.
STATVFS = {"bsize": 0, "blocks": 2, "files": 5, "ffree": 6, "namemax": 10}
Entry = collections.namedtuple("Entry", "name ino type stat")


def result(returned):
    """Returns the result of a call; raises OSError for a negative one or null."""
    if returned is None or (isinstance(returned, int) and returned < 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return returned


def stat_of(buffer):
    """struct stat of Linux with 64 bits: only the first fields differ between machines."""
    if platform.machine() == "x86_64":
        dev, ino, nlink, mode, uid, gid, rdev = struct.unpack_from("QQQIII4xQ", buffer)
    else:
        dev, ino, mode, nlink, uid, gid, rdev = struct.unpack_from("QQIIIIQ", buffer)
    length, _, blocks, atime, atime_ns, mtime, mtime_ns = struct.unpack_from("q" * 7, buffer, 48)
    second = 10 ** 9
    times = atime * second + atime_ns, mtime * second + mtime_ns
    return Stat(dev, ino, nlink, mode, uid, gid, rdev, length, blocks, *times)


def stated(call, *what):
    buffer = ctypes.create_string_buffer(256)
    result(call(*what, buffer))
    return stat_of(buffer)


def text_of(call, *what, room=4096):
    """The bytes that a call puts into the room that it is given."""
    buffer = ctypes.create_string_buffer(room)
    length = result(call(*what, buffer, size(room)))
    return buffer.raw[:length]


def times_of(atime, mtime):
    second = 10 ** 9
    return struct.pack("qqqq", *divmod(atime, second), *divmod(mtime, second))


class File:
    """An open file, or directory."""

    def __init__(self, pointer):
        self.fd = ctypes.c_void_p(result(pointer))

    def close(self):
        result(lib.glfs_close(self.fd))

    def read(self, length):
        buffer = ctypes.create_string_buffer(length)
        count = result(lib.glfs_read(self.fd, buffer, size(length), 0))
        return buffer.raw[:count]

    def write(self, data):
        return result(lib.glfs_write(self.fd, data, size(len(data)), 0))

    def lseek(self, offset, whence):
        return result(lib.glfs_lseek(self.fd, at(offset), whence))

    def dup(self):
        return File(lib.glfs_dup(self.fd))

    def fstat(self):
        return stated(lib.glfs_fstat, self.fd)

    def fsync(self):
        result(lib.glfs_fsync(self.fd, None, None))

    def ftruncate(self, length):
        result(lib.glfs_ftruncate(self.fd, at(length), None, None))

    def fallocate(self, keeps_size, offset, length):
        result(lib.glfs_fallocate(self.fd, keeps_size, at(offset), size(length)))

    def discard(self, offset, length):
        result(lib.glfs_discard(self.fd, at(offset), size(length)))

    def zerofill(self, offset, length):
        result(lib.glfs_zerofill(self.fd, at(offset), at(length)))

    def fchmod(self, mode):
        result(lib.glfs_fchmod(self.fd, mode))

    def fchown(self, uid, gid):
        result(lib.glfs_fchown(self.fd, uid, gid))

    def setxattr(self, key, value, flags=0):
        result(lib.glfs_fsetxattr(self.fd, key, value, size(len(value)), flags))

    def getxattr(self, key, room=4096):
        return text_of(lib.glfs_fgetxattr, self.fd, key, room=room)

    def listxattr(self, room=4096):
        return text_of(lib.glfs_flistxattr, self.fd, room=room)

    def removexattr(self, key):
        result(lib.glfs_fremovexattr(self.fd, key))


class Volume:
    def __init__(self, name, log):
        self.fs = ctypes.c_void_p(lib.glfs_new(name.encode()))
        self.set_logging(log)

    def set_logging(self, log):
        result(lib.glfs_set_logging(self.fs, log.encode(), 7))

    def set_volfile(self, path):
        result(lib.glfs_set_volfile(self.fs, path.encode()))

    def set_server(self, transport, host, port):
        result(lib.glfs_set_volfile_server(self.fs, transport.encode(), host.encode(), port))

    def init(self):
        """0, or the errno."""
        return 0 if lib.glfs_init(self.fs) == 0 else ctypes.get_errno()

    def volume_id(self):
        number = ctypes.create_string_buffer(16)
        length = result(lib.glfs_get_volumeid(self.fs, number, size(16)))
        return number.raw[:length]

    def creat(self, path, flags=os.O_RDWR, mode=0o644):
        return File(lib.glfs_creat(self.fs, path.encode(), flags, mode))

    def open(self, path, flags=os.O_RDONLY):
        return File(lib.glfs_open(self.fs, path.encode(), flags))

    def stat(self, path):
        return stated(lib.glfs_stat, self.fs, path.encode())

    def lstat(self, path):
        return stated(lib.glfs_lstat, self.fs, path.encode())

    def statvfs(self, path):
        buffer = ctypes.create_string_buffer(256)
        result(lib.glfs_statvfs(self.fs, path.encode(), buffer))
        numbers = struct.unpack_from("L" * 11, buffer)
        return {name: numbers[at] for name, at in STATVFS.items()}

    def readlink(self, path):
        return text_of(lib.glfs_readlink, self.fs, path.encode()).decode()

    def setxattr(self, path, key, value, flags=0):
        result(lib.glfs_setxattr(self.fs, path.encode(), key, value, size(len(value)), flags))

    def getxattr(self, path, key, room=4096):
        return text_of(lib.glfs_getxattr, self.fs, path.encode(), key, room=room)

    def listxattr(self, path, room=4096):
        return text_of(lib.glfs_listxattr, self.fs, path.encode(), room=room)

    def removexattr(self, path, key):
        result(lib.glfs_removexattr(self.fs, path.encode(), key))

    def utimens(self, path, atime, mtime):
        result(lib.glfs_utimens(self.fs, path.encode(), times_of(atime, mtime)))

    def mknod(self, path, mode, dev):
        result(lib.glfs_mknod(self.fs, path.encode(), mode, ctypes.c_uint64(dev)))

    def entries(self, path, with_stat=False):
        """Lists a directory, without `.` and `..`."""
        directory = File(lib.glfs_opendir(self.fs, path.encode()))
        stat = ctypes.create_string_buffer(256)
        found = []
        while True:
            entry = (lib.glfs_readdirplus(directory.fd, stat) if with_stat
                     else lib.glfs_readdir(directory.fd))
            if not entry:
                break
            ino, _, _, kind = struct.unpack_from("QqHB", ctypes.string_at(entry, 19))
            name = ctypes.string_at(entry + 19).decode()
            if name not in (".", ".."):
                found.append(Entry(name, ino, kind, stat_of(stat) if with_stat else None))
        result(lib.glfs_closedir(directory.fd))
        return sorted(found)

    def __getattr__(self, call):
        """Those that take paths and numbers, and return nothing."""
        def asked(*what):
            given = [each.encode() if isinstance(each, str) else each for each in what]
            result(getattr(lib, f"glfs_{call}")(self.fs, *given))
        return asked
