"""Uses a volume by libgfapi, step by step; `trace-steps.ts` defines the steps.

    gfapi-steps.py VOLFILE LOG PREFIX

A step is a line of JSON, a list of its name and arguments; PREFIX is put before names of files. `as`
sets the caller of later steps. A value is text, or after `0x` in hexadecimal. Each step's result is a
line, too: a number, negative for an error; for a read, its length and checksum. The first line reports
that the volume is ready.
"""
import ctypes
import errno
import json
import os
import struct
import sys

from gfapi import File, Volume, at, lib, result, size

F_SETLK, F_WRLCK, F_UNLCK = 6, 1, 2

volfile, log, prefix = sys.argv[1:]
volume = Volume("traced", log)
volume.set_volfile(volfile)
failure = volume.init()
if failure:
    sys.exit(f"glfs_init: {os.strerror(failure)}")

fds = {}
writes = 0


class Flock(ctypes.Structure):
    _fields_ = [("type", ctypes.c_short), ("whence", ctypes.c_short), ("start", at), ("len", at),
                ("pid", ctypes.c_int)]


def path(name):
    return prefix + name


def keep(fd, file):
    fds[fd] = file
    return 0


def become(uid, gid, *groups):
    result(lib.glfs_setfsuid(uid))
    lib.glfs_setfsgid(gid)
    result(lib.glfs_setfsgroups(size(len(groups)), (ctypes.c_uint32 * len(groups))(*groups)))


def mode_of(stat):
    return [stat.mode & 0o7777, stat.uid, stat.gid]


def value_bytes(value):
    return bytes.fromhex(value[2:]) if value.startswith("0x") else value.encode()


def pwrite(fd, length, offset):
    global writes
    writes += 1
    data = bytes([writes]) * length
    return result(lib.glfs_pwrite(fds[fd].fd, data, size(length), at(offset), 0, None, None))


def pread(fd, length, offset):
    data = ctypes.create_string_buffer(length)
    n = result(lib.glfs_pread(fds[fd].fd, data, size(length), at(offset), 0, None))
    return [n, sum(data.raw[:n])]


def lock(fd, kind):
    return result(lib.glfs_posix_lock(fds[fd].fd, F_SETLK, ctypes.byref(Flock(kind, 0, 0, 0, 0))))


def readdir(fd):
    stat = ctypes.create_string_buffer(256)
    count = 0
    while lib.glfs_readdirplus(fds[fd].fd, stat):
        count += 1
    return count


calls = {
    "creat": lambda fd, name: keep(fd, volume.creat(path(name))),
    "open": lambda fd, name, flags: keep(fd, volume.open(path(name), flags)),
    "close": lambda fd: fds.pop(fd).close(),
    "pwrite": pwrite,
    "pread": pread,
    "fstat": lambda fd: fds[fd].fstat().size,
    "fsync": lambda fd: fds[fd].fsync(),
    "ftruncate": lambda fd, length: fds[fd].ftruncate(length),
    "lock": lambda fd: lock(fd, F_WRLCK),
    "unlock": lambda fd: lock(fd, F_UNLCK),
    "stat": lambda name: volume.stat(path(name)).size,
    "chmod": lambda name, mode: volume.chmod(path(name), mode),
    "rename": lambda name, to: volume.rename(path(name), path(to)),
    "unlink": lambda name: volume.unlink(path(name)),
    "setxattr": lambda name, key, value: volume.setxattr(path(name), key.encode(), value_bytes(value)),
    "getxattr": lambda name, key: len(volume.getxattr(path(name), key.encode(), 64)),
    "xattr": lambda name, key: list(volume.getxattr(path(name), key.encode(), 64)),
    "opendir": lambda fd, name: keep(fd, File(lib.glfs_opendir(volume.fs, path(name).encode()))),
    "readdir": readdir,
    "closedir": lambda fd: result(lib.glfs_closedir(fds.pop(fd).fd)),
    "as": become,
    "mode": lambda name: mode_of(volume.lstat(path(name))),
    "access": lambda name, mask: volume.access(path(name), mask),
    "mkdir": lambda name, mode: volume.mkdir(path(name), mode),
    "mknod": lambda name, mode: volume.mknod(path(name), mode, 0),
    "rmdir": lambda name: volume.rmdir(path(name)),
    "symlink": lambda to, name: volume.symlink(to, path(name)),
    "readlink": lambda name: len(volume.readlink(path(name))),
    "link": lambda name, to: volume.link(path(name), path(to)),
    "truncate": lambda name, length: volume.truncate(path(name), at(length)),
    "chown": lambda name, uid, gid: volume.lchown(path(name), uid, gid),
    "utimens": lambda name, atime, mtime: volume.lutimens(path(name), struct.pack("qqqq", atime, 0, mtime, 0)),
    "fchmod": lambda fd, mode: fds[fd].fchmod(mode),
    "fchown": lambda fd, uid, gid: fds[fd].fchown(uid, gid),
    "fsetxattr": lambda fd, key, value: fds[fd].setxattr(key.encode(), value_bytes(value)),
    "fgetxattr": lambda fd, key: len(fds[fd].getxattr(key.encode())),
    "fremovexattr": lambda fd, key: fds[fd].removexattr(key.encode()),
    "removexattr": lambda name, key: volume.lremovexattr(path(name), key),
    "listxattr": lambda name: min(0, result(lib.glfs_llistxattr(volume.fs, path(name).encode(), None, size(0)))),
    "discard": lambda fd, offset, length: fds[fd].discard(offset, length),
    "zerofill": lambda fd, offset, length: fds[fd].zerofill(offset, length),
    "fallocate": lambda fd, offset, length: fds[fd].fallocate(0, offset, length),
    "fsyncdir": lambda fd: fds[fd].fsync(),
}


def outcome(step, *args):
    try:
        return calls[step](*args) or 0
    except OSError as error:
        return -error.errno
    except KeyError:
        # It could not be opened.
        return -errno.EBADF


print(json.dumps("ready"), flush=True)
for line in iter(sys.stdin.readline, ""):
    print(json.dumps(outcome(*json.loads(line))), flush=True)
os._exit(0)
