"""Reads data in every way, and passes on other data."""

import re

from glupy import Translator


class xlator(Translator):
    def readv_cbk(self, frame, op_ret, op_errno, vector, stbuf, xdata):
        text = bytes(vector)
        assert len(vector) == vector.nbytes == op_ret == len(text)
        assert vector == text and text == vector and vector != text + b"x"
        assert not text or vector[0] == text[0]
        assert bytes(vector[1:3]) == text[1:3] == vector[1:3]
        assert vector.tobytes() == text and bytes(memoryview(vector)) == text
        assert list(vector) == list(text) and b"".join([vector]) == text
        assert re.match(rb"(?s).*", vector).group() == text
        frame.unwind(op_ret, op_errno, text.upper(), stbuf, xdata)

    def writev(self, frame, fd, vector, offset, flags, xdata):
        if offset == 1:  # a part, as a view
            frame.wind(fd, vector[1:4], offset, flags, xdata)
        elif offset == 2:  # every second byte: a view that is not in one piece
            frame.wind(fd, vector[::2], offset, flags, xdata)
        elif offset == 3:  # nothing at all
            frame.wind(fd, b"", offset, flags, xdata)
        else:
            frame.wind(fd, bytearray(bytes(vector).lower()), offset, flags, xdata)
