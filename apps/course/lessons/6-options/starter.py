from glupy import ENOENT, Option, Translator


class xlator(Translator):
    """Hides every file of one name, which the volfile says."""

    def lookup(self, frame, loc, xdata):
        if loc.name == "ghost":
            return frame.fail(ENOENT)
        frame.wind()
