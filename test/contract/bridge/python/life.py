"""Logs its construction, init, events and fini."""

from glupy import Translator


class xlator(Translator):
    def __init__(self):
        self.log.info("made %s over %s", self.name, [child.name for child in self.children])

    def init(self):
        self.log.info("init, %s", self.child.type)

    def notify(self, event):
        self.log.info("event %s", event)

    def fini(self):
        self.log.info("fini")
