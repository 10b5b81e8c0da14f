"""Sees every reply."""

from glupy import Translator


class xlator(Translator):
    def any_cbk(self, frame, op_ret, op_errno, *reply):
        self.log.info("up %d", op_ret)
        frame.unwind(op_ret, op_errno, *reply)
