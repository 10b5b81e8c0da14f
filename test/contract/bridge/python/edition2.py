"""The second edition of a module that is edited."""

from glupy import EACCES, Translator


class xlator(Translator):
    count = 0

    def statfs(self, frame, loc, xdata):
        self.count += 1
        frame.fail(self.count)

    def access(self, frame, loc, mask, xdata):
        frame.fail(EACCES)

    def load_state(self, state):
        self.count = state["count"]
