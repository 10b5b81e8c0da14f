"""Logs all that every fop and every reply carry, and passes them on."""

from shapes import describe, every


def fop(row):
    def method(self, frame, *args):
        self.log.info("%s", describe(row.args, args))
        frame.wind(*args)

    return method


def cbk(row):
    def method(self, frame, ret, errno, *reply):
        self.log.info("%s", describe(row.reply, reply))
        frame.unwind(ret, errno, *reply)

    return method


xlator = every(fop, cbk)
