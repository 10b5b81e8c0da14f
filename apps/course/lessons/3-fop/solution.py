from glupy import ENOENT, Translator


class xlator(Translator):
    """Hides every file that is called ghost."""

    def lookup(self, frame, loc, xdata):
        if loc.name == "ghost":
            return frame.fail(ENOENT)
        frame.wind()
