"""Uses a volume by libgfapi, step by step; `trace-steps.ts` has what the steps are.

    gfapi-steps.py VOLFILE LOG PREFIX

A step is a line of JSON, a list of its name and what it takes; PREFIX is put before names of files. What
has come of it is told by a line, too: a number, an error as a negative one; of a read how much it was, and
the sum of it. The first line says that the volume is there. It ends without `glfs_fini`, which takes ten
seconds.
"""
import ctypes
import json
import os
import struct
import sys

# Where struct stat has st_size, on all Linux with 64 bits.
ST_SIZE = 48
F_SETLK, F_WRLCK, F_UNLCK = 6, 1, 2

volfile, log, prefix = sys.argv[1:]
lib = ctypes.CDLL("libgfapi.so.0", use_errno=True)
for name in "new", "creat", "open", "opendir", "readdirplus":
    getattr(lib, f"glfs_{name}").restype = ctypes.c_void_p
for name in "pread", "pwrite", "getxattr":
    getattr(lib, f"glfs_{name}").restype = ctypes.c_ssize_t
size, at = ctypes.c_size_t, ctypes.c_int64

fs = ctypes.c_void_p(lib.glfs_new(b"traced"))
lib.glfs_set_logging(fs, log.encode(), 7)
lib.glfs_set_volfile(fs, volfile.encode())
if lib.glfs_init(fs) != 0:
    sys.exit(f"glfs_init: {os.strerror(ctypes.get_errno())}")

fds = {}
writes = 0


class Flock(ctypes.Structure):
    _fields_ = [("type", ctypes.c_short), ("whence", ctypes.c_short), ("start", at), ("len", at),
                ("pid", ctypes.c_int)]


def path(name):
    return (prefix + name).encode()


def result(returned):
    return returned if returned >= 0 else -ctypes.get_errno()


def keep(fd, pointer):
    if not pointer:
        return -ctypes.get_errno()
    fds[fd] = ctypes.c_void_p(pointer)
    return 0


def size_by(call, *what):
    stat = ctypes.create_string_buffer(256)
    returned = result(call(*what, stat))
    return struct.unpack_from("q", stat, ST_SIZE)[0] if returned == 0 else returned


def pwrite(fd, length, offset):
    global writes
    writes += 1
    data = bytes([writes]) * length
    return result(lib.glfs_pwrite(fds[fd], data, size(length), at(offset), 0, None, None))


def pread(fd, length, offset):
    data = ctypes.create_string_buffer(length)
    n = result(lib.glfs_pread(fds[fd], data, size(length), at(offset), 0, None))
    return n if n < 0 else [n, sum(data.raw[:n])]


def lock(fd, kind):
    return result(lib.glfs_posix_lock(fds[fd], F_SETLK, ctypes.byref(Flock(kind, 0, 0, 0, 0))))


def setxattr(name, key, value):
    data = value.encode()
    return result(lib.glfs_setxattr(fs, path(name), key.encode(), data, size(len(data)), 0))


def getxattr(name, key):
    value = ctypes.create_string_buffer(64)
    return result(lib.glfs_getxattr(fs, path(name), key.encode(), value, size(64)))


def readdir(fd):
    stat = ctypes.create_string_buffer(256)
    count = 0
    while lib.glfs_readdirplus(fds[fd], stat):
        count += 1
    return count


calls = {
    "creat": lambda fd, name: keep(fd, lib.glfs_creat(fs, path(name), os.O_RDWR, 0o644)),
    "open": lambda fd, name, flags: keep(fd, lib.glfs_open(fs, path(name), flags)),
    "close": lambda fd: result(lib.glfs_close(fds.pop(fd))),
    "pwrite": pwrite,
    "pread": pread,
    "fstat": lambda fd: size_by(lib.glfs_fstat, fds[fd]),
    "fsync": lambda fd: result(lib.glfs_fsync(fds[fd], None, None)),
    "ftruncate": lambda fd, length: result(lib.glfs_ftruncate(fds[fd], at(length), None, None)),
    "lock": lambda fd: lock(fd, F_WRLCK),
    "unlock": lambda fd: lock(fd, F_UNLCK),
    "stat": lambda name: size_by(lib.glfs_stat, fs, path(name)),
    "chmod": lambda name, mode: result(lib.glfs_chmod(fs, path(name), mode)),
    "rename": lambda name, to: result(lib.glfs_rename(fs, path(name), path(to))),
    "unlink": lambda name: result(lib.glfs_unlink(fs, path(name))),
    "setxattr": setxattr,
    "getxattr": getxattr,
    "opendir": lambda fd, name: keep(fd, lib.glfs_opendir(fs, path(name))),
    "readdir": readdir,
    "closedir": lambda fd: result(lib.glfs_closedir(fds.pop(fd))),
}

print(json.dumps("ready"), flush=True)
for line in iter(sys.stdin.readline, ""):
    step, *args = json.loads(line)
    print(json.dumps(calls[step](*args)), flush=True)
os._exit(0)
