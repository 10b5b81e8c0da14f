"""Drops, renames, changes and adds entries of listings, and keeps one for later."""

from glupy import Dirent, Iatt, Translator


class xlator(Translator):
    def init(self):
        self.cached = None

    def readdirp_cbk(self, frame, op_ret, op_errno, entries, xdata):
        kept = [entry for entry in entries if not entry.name.startswith(".")]
        kept = [entry._replace(name=entry.name.upper()) for entry in kept]
        kept.append(Dirent("added", 99, 8, stat=Iatt(ia_size=3)))
        self.cached = kept
        frame.unwind(op_ret, op_errno, kept, xdata)

    def readdir(self, frame, fd, size, offset, xdata):
        if self.cached is None:
            frame.wind()
        else:
            # From another request: its inodes are not this one's to give.
            frame.unwind(0, 0, self.cached, None)

    def readdir_cbk(self, frame, op_ret, op_errno, entries, xdata):
        del entries[0]
        entries[0].stat.ia_size = 77
        frame.unwind(op_ret, op_errno, entries, xdata)
