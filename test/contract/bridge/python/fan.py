"""Asks every child at once, and answers with the worst result when the last has replied."""

from glupy import Translator


class xlator(Translator):
    def setattr(self, frame, *args):
        frame.local = []
        for child in self.children:
            frame.wind(*args, child=child)

    def setattr_cbk(self, frame, op_ret, op_errno, *reply):
        frame.local.append((op_ret, op_errno, reply))
        self.log.info("%s: %d", frame.cookie.name, op_ret)
        if len(frame.local) == len(self.children):
            op_ret, op_errno, reply = min(frame.local, key=lambda answer: answer[0])
            frame.unwind(op_ret, op_errno, *reply)
