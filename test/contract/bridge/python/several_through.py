"""Winds stat to the last subvolume, and passes all other fops to the first."""

from glupy import Translator


class xlator(Translator):
    passes_through = True

    def stat(self, frame, *args):
        frame.wind(*args, child=self.children[-1])

    def readlink_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)
