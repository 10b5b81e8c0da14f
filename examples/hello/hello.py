"""Logs every name that is looked up."""

from glupy import Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        self.log.info("hello, %s", loc.path)
        frame.wind()
