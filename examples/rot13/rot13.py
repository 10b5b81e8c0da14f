"""Keeps the letters of files rotated by 13 places on the storage, and shows them as they were."""

from glupy import Translator

ALPHABET = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROTATED = b"nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM"
ROT13 = bytes.maketrans(ALPHABET, ROTATED)


class xlator(Translator):
    def writev(self, frame, fd, vector, offset, flags, xdata):
        frame.wind(fd, vector.translate(ROT13), offset, flags, xdata)

    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        if op_ret > 0:
            vector = vector.translate(ROT13)
        frame.unwind(op_ret, op_errno, vector, stbuf, xdata)

    def put(self, frame, loc, mode, umask, flags, vector, offset, dict, xdata):
        vector = vector.translate(ROT13)
        frame.wind(loc, mode, umask, flags, vector, offset, dict, xdata)
