"""Is up while any child is up, and logs the events of each child."""

from glupy import Translator


class xlator(Translator):
    passes_through = True

    def init(self):
        self.there = set()
        self.say_up(False)

    def notify(self, event, child):
        self.log.info("%s %s", event, child.name if child else None)
        if child is not None:
            (self.there.add if event == "CHILD_UP" else self.there.discard)(child)
            self.say_up(len(self.there) > 0)
