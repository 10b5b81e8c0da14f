"""Invalidates cached names and inodes, chosen by the looked-up name."""

from glupy import Translator

FORGOTTEN = "01234567-89ab-cdef-0123-456789abcdef"


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        getattr(self, f"back_{loc.name}")(loc)
        frame.wind()

    def back_entry(self, loc):
        self.invalidate(loc)

    def back_expire(self, loc):
        self.invalidate(loc.pargfid, loc.name, expire=True)

    def back_inode(self, loc):
        self.invalidate(loc.inode)

    def back_attributes(self, loc):
        self.invalidate(loc.gfid, data=False)

    def back_removed(self, loc):
        self.invalidate(loc.parent, loc.name, removed=loc.inode)

    def back_every(self, loc):
        self.invalidate()

    def back_gone(self, loc):
        self.invalidate(FORGOTTEN)
        self.invalidate(FORGOTTEN, "name")

    def back_wrong(self, loc):
        self.invalidate(loc.parent, "a/b")
