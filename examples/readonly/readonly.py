"""Makes a volume read-only: every change fails with EROFS."""

import os

from glupy import EROFS, Translator

CHANGING = """
    create mkdir mknod symlink link unlink rmdir rename put icreate namelink
    writev truncate ftruncate fallocate discard zerofill copy_file_range
    setattr fsetattr setxattr fsetxattr removexattr fremovexattr xattrop fxattrop
""".split()

ST_RDONLY = 1


class xlator(Translator):
    observes = True  # changes of data are refused, all other fops pass

    def open(self, frame, loc, flags, fd, xdata):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC):
            return frame.fail(EROFS)
        frame.wind()

    def access(self, frame, loc, mask, xdata):
        if mask & os.W_OK:
            return frame.fail(EROFS)
        frame.wind()

    def statfs_cbk(self, frame, op_ret, op_errno, buf, xdata):
        if op_ret >= 0:
            buf.flag |= ST_RDONLY  # shown by `df` and `findmnt`
            buf.bfree = buf.bavail = buf.ffree = buf.favail = 0
        frame.unwind(op_ret, op_errno, buf, xdata)

    def refuse(self, frame, *args):
        frame.fail(EROFS)


for fop in CHANGING:
    setattr(xlator, fop, xlator.refuse)
