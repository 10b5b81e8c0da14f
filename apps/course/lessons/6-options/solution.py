from glupy import ENOENT, Option, Translator


class xlator(Translator):
    """Hides every file of one name, which the volfile says."""

    options = {
        "hidden": Option.str("ghost", help="the name that is hidden"),
    }

    def init(self):
        self.hidden = self.options["hidden"]
        self.log.info("hiding %s", self.hidden)

    def lookup(self, frame, loc, xdata):
        if loc.name == self.hidden:
            self.log.debug("hid %s", loc.path)
            return frame.fail(ENOENT)
        frame.wind()
