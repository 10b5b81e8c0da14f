"""Reads one value of the dict that comes with a lookup, and answers by it."""

from glupy import ENOENT, Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if xdata["key-7"] != 7:
            return frame.fail(ENOENT)
        frame.wind(loc, xdata)
