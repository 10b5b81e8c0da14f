"""Passes a directory through unchanged, in the usual way in Python on fusepy, as a baseline.

    pass.py MOUNTPOINT DIRECTORY ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT
    pass.py --version

Every operation is the call of `os` with the same name on the path below the directory. The kernel
checks permissions, and every call is made with this process's rights.
"""

import os
import platform
import sys
from importlib import metadata

try:
    # Debian's name of the module.
    from fusepy import FUSE, Operations
except ModuleNotFoundError:
    from fuse import FUSE, Operations

STAT = ("st_mode", "st_ino", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks", "st_rdev")
STATVFS = (
    "f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag",
    "f_frsize", "f_namemax",
)


class Pass(Operations):
    # Times are whole nanoseconds.
    use_ns = True
    # Without extended attributes, the kernel soon stops requesting them.
    getxattr = None
    listxattr = None

    def __init__(self, directory):
        self.directory = directory

    def __call__(self, operation, path, *args):
        return super().__call__(operation, self.directory + path, *args)

    def getattr(self, path, fh=None):
        st = os.lstat(path)
        attributes = {name: getattr(st, name) for name in STAT}
        attributes.update(
            st_atime=st.st_atime_ns, st_mtime=st.st_mtime_ns, st_ctime=st.st_ctime_ns
        )
        return attributes

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(path)]

    def readlink(self, path):
        return os.readlink(path)

    def statfs(self, path):
        st = os.statvfs(path)
        return {name: getattr(st, name) for name in STATVFS}

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def mknod(self, path, mode, dev):
        os.mknod(path, mode, dev)

    def rmdir(self, path):
        os.rmdir(path)

    def unlink(self, path):
        os.unlink(path)

    def rename(self, old, new):
        os.rename(old, self.directory + new)

    # In symlink and link, the new name comes first.
    def link(self, target, source):
        os.link(self.directory + source, target)

    def symlink(self, target, source):
        os.symlink(source, target)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def chown(self, path, uid, gid):
        os.lchown(path, uid, gid)

    def utimens(self, path, times=None):
        os.utime(path, ns=times, follow_symlinks=False)

    def truncate(self, path, length, fh=None):
        os.truncate(path, length)

    def open(self, path, flags):
        return os.open(path, flags)

    def create(self, path, mode, fi=None):
        # fusepy does not pass the flags of the open.
        return os.open(path, os.O_RDWR | os.O_CREAT, mode)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def fsync(self, path, datasync, fh):
        if datasync:
            os.fdatasync(fh)
        else:
            os.fsync(fh)

    def release(self, path, fh):
        os.close(fh)


def main(args):
    if args == ["--version"]:
        print(f"{metadata.version('fusepy')} (Python {platform.python_version()})")
        return 0
    if len(args) != 5:
        usage = "MOUNTPOINT DIRECTORY ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT"
        print(f"usage: pass.py {usage}", file=sys.stderr)
        return 2
    mountpoint, directory, entry, attribute, negative = args
    os.umask(0)
    FUSE(
        Pass(directory),
        mountpoint,
        foreground=True,
        fsname="pass",
        default_permissions=True,
        big_writes=True,
        entry_timeout=entry,
        attr_timeout=attribute,
        negative_timeout=negative,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
