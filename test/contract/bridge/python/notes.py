"""Passes a note from each fop to its callback in frame.local."""

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        assert frame.local is None
        frame.local = [loc.name]
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        self.log.info("%s", frame.local[0])
        frame.unwind(op_ret, op_errno, buf, xdata)
