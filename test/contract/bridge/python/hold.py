"""Stores requests until another request releases them."""

from glupy import Translator


class xlator(Translator):
    def init(self):
        self.kept = []

    def stat(self, frame, loc, xdata):
        frame.local = loc.name
        self.kept.append(frame)

    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("%s is back", frame.local)
        frame.unwind(op_ret, op_errno, *reply)

    def readlink(self, frame, loc, size, xdata):
        self.kept.append(frame)

    def flush(self, frame, fd, xdata):
        for kept in self.kept:
            kept.wind()
        self.kept.clear()
        frame.wind()
