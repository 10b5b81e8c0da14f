"""Logs created and removed names in hooks; defines no fop."""

from glupy import Translator


class xlator(Translator):
    def entry_created(self, loc):
        self.log.info("+%s %s", loc.name, loc.pargfid[-1])

    def entry_removed(self, loc):
        self.log.info("-%s %s", loc.name, loc.pargfid[-1])
