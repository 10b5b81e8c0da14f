"""Reconfigures its option while it runs, and has a statedump."""

from glupy import Option, Translator


class xlator(Translator):
    options = {"size": Option.int(1, reconfigurable=True)}

    def init(self):
        self.size = self.options["size"]

    def reconfigure(self, options):
        self.log.info("size %d, was %d", options["size"], self.size)
        self.size = self.options["size"]

    def statedump(self):
        return {"size": self.size, "what": "a test"}
