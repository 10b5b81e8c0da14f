"""An edition that refuses to start."""

from glupy import Translator


class xlator(Translator):
    def init(self):
        raise ValueError("not today")
