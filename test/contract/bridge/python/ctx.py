"""Counts the requests for each inode and fd in its ctx."""

from glupy import Translator


class xlator(Translator):
    def init(self):
        self.last = None

    def seen(self, thing):
        thing.ctx[self] = thing.ctx.get(self, 0) + 1
        return thing.ctx[self]

    def stat(self, frame, loc, xdata):
        assert loc.inode == loc.inode and hash(loc.inode) == hash(loc.inode)
        assert loc.parent != loc.inode
        self.log.info("%s %d", loc.name, self.seen(loc.inode))
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, inode, *reply):
        if op_ret >= 0:
            self.log.info("new %d", self.seen(inode))
        frame.unwind(op_ret, op_errno, inode, *reply)

    def fstat(self, frame, fd, xdata):
        assert self.last is None or (fd is self.last) == (fd.id == self.last.id)
        self.last = fd
        self.log.info("fd %d inode %d", self.seen(fd), self.seen(fd.inode))
        frame.wind()
