"""Remembers absent names, and fails later lookups of them itself."""

from glupy import ENOENT, Translator


class xlator(Translator):
    def init(self):
        self.absent = set()

    def lookup(self, frame, loc, xdata):
        key = loc.pargfid, loc.name
        if key in self.absent:
            return frame.fail(ENOENT)
        frame.local = key
        frame.wind(loc, xdata)

    def lookup_cbk(self, frame, op_ret, op_errno, inode, buf, xdata, postparent):
        if op_ret < 0 and op_errno == ENOENT:
            self.absent.add(frame.local)
        frame.unwind(op_ret, op_errno, inode, buf, xdata, postparent)
