"""Winds stat to the last subvolume, and defines no other fop."""

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, *args):
        frame.wind(*args, child=self.children[-1])

    def readlink_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply)
