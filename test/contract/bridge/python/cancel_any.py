"""Handles every interrupted caller in one generic cancel method."""

from glupy import EINTR, Translator


class xlator(Translator):
    def any_fop(self, frame, *args):
        frame.wind()

    def any_cbk(self, frame, op_ret, op_errno, *reply):
        if not frame.answered:
            frame.unwind(op_ret, op_errno, *reply)

    def any_cancel(self, frame):
        self.log.info("any %s", frame.name)
        frame.fail(EINTR)

    def stat_cancel(self, frame):
        self.log.info("own %s", frame.name)
        frame.fail(EINTR)
