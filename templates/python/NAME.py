"""Keeps files with a certain ending from being removed."""

from glupy import EPERM, Option, Translator


class xlator(Translator):
    options = {"suffix": Option.str(".keep", help="names that end so are kept")}

    def init(self):
        self.refused = 0

    def unlink(self, frame, loc, xflag, xdata):
        if loc.name.endswith(self.options["suffix"]):
            self.refused += 1
            self.log.info("%s stays", loc.path)
            return frame.fail(EPERM)
        frame.wind()

    def statedump(self):
        return {"refused": self.refused}
