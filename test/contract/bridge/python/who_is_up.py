"""Logs the state of each child on access."""

from glupy import Translator


class xlator(Translator):
    passes_through = False

    def access(self, frame, loc, mask, xdata):
        self.log.info("".join("+" if child.up else "-" for child in self.children))
        frame.unwind(0)
