"""Logs names that come and go; the fops themselves pass by."""

from glupy import Translator


class xlator(Translator):
    def entry_created(self, loc):
        self.log.info("+%s %s", loc.name, loc.pargfid[-1])

    def entry_removed(self, loc):
        self.log.info("-%s %s", loc.name, loc.pargfid[-1])
