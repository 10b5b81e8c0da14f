"""Loops, recurses or allocates without end, chosen by the mask of access."""

from glupy import Translator


class xlator(Translator):
    count = 0

    def statfs(self, frame, loc, xdata):
        self.count += 1
        frame.fail(self.count)

    def access(self, frame, loc, mask, xdata):
        (self.run, self.recurse, self.grow)[mask]()

    def run(self):
        while True:
            pass

    def recurse(self):
        self.recurse()

    def grow(self):
        kept = []
        while True:
            kept.append(bytes(1_000_000))
