from glupy import ENOENT, Translator


class xlator(Translator):
    """Hides every file that is called ghost."""

    def lookup(self, frame, loc, xdata):
        frame.wind()
