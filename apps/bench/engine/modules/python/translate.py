"""Translates every byte of each read."""

from glupy import Translator

TABLE = bytes(range(128, 256)) + bytes(range(128))


class xlator(Translator):
    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        frame.unwind(op_ret, op_errno, bytes(vector).translate(TABLE), stbuf, xdata)
