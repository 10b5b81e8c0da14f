"""Winds to the child again after a failure, from the callback."""

from glupy import EAGAIN, Translator


class xlator(Translator):
    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        if op_ret < 0 and op_errno == EAGAIN:
            return frame.wind()
        frame.unwind(op_ret, op_errno, *reply)
