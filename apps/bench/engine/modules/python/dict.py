"""Reads one value of the dict of a lookup, and passes the lookup on or fails it."""

from glupy import ENOENT, Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if xdata["key-7"] != 7:
            return frame.fail(ENOENT)
        frame.wind(loc, xdata)
