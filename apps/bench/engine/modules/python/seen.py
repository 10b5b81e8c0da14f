"""Passes lookups on, with a callback for the reply."""

from glupy import Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        frame.wind(loc, xdata)

    def lookup_cbk(self, frame, op_ret, op_errno, inode, buf, xdata, postparent):
        frame.unwind(op_ret, op_errno, inode, buf, xdata, postparent)
