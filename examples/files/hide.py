"""Hides the names that begin with a dot, wherever they would show."""

from glupy import Translator


class xlator(Translator):
    def entry_seen(self, frame, parent, name):
        return not name.startswith(".")
