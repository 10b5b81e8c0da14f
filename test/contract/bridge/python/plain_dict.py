"""Passes on plain dicts of the language, and changes types of values."""

from glupy import NULL_GFID, Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        frame.wind(loc, {"int": 1, "str": "s", "bin": b"\x00\xff", "half": 0.5, "yes": True})

    def access(self, frame, loc, mask, xdata):
        xdata["count"] = 2  # was an uint, and stays one
        xdata["gfid-req"] = NULL_GFID  # was a gfid, and stays one
        xdata["text"] = 3
        xdata.set("owner", 7, "uint")
        del xdata["gone"]
        xdata["buf"].ia_size = 5  # a value changed where it is
        frame.wind()
