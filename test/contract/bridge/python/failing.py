"""Fails each fop in a different way."""

from glupy import Translator


class xlator(Translator):
    count = 0

    def statfs(self, frame, loc, xdata):
        self.count += 1
        frame.fail(self.count)

    def access(self, frame, loc, mask, xdata):
        raise ValueError("at once")

    def stat(self, frame, loc, xdata):
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        raise ValueError("in the callback")

    def flush(self, frame, fd, xdata):
        frame.wind(fd, {"mine": 1})
        raise ValueError("after a wind")

    def readlink(self, frame, loc, size, xdata):
        self.kept = frame

    def fsync(self, frame, fd, datasync, xdata):
        while True:
            pass
