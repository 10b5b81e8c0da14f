"""Gets each reply of readv in a callback, and returns its data unchanged."""

from glupy import Translator


class xlator(Translator):
    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        frame.unwind(op_ret, op_errno, vector, stbuf, xdata)
