"""Asks every child at once, and answers with the first success, or the last failure."""

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, *args):
        frame.local = len(self.children)
        for child in self.children:
            frame.wind(*args, child=child)

    def stat_cbk(self, frame, op_ret, op_errno, *reply):
        frame.local -= 1
        self.log.info("%s: %d%s", frame.cookie.name, op_ret, " late" if frame.answered else "")
        if not frame.answered and (op_ret >= 0 or frame.local == 0):
            frame.unwind(op_ret, op_errno, *reply)
