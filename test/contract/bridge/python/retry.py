"""Asks one child after the other until one succeeds."""

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        frame.local = 0
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        frame.local += 1
        if op_ret < 0 and frame.local < len(self.children):
            return frame.wind(child=self.children[frame.local])
        frame.unwind(op_ret, op_errno, *reply)
