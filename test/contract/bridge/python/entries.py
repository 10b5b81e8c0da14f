"""Drops, renames and adds entries of listings."""

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

    def readdir_cbk(self, frame, op_ret, op_errno, entries, xdata):
        del entries[0]
        entries[0].stat.ia_size = 77
        frame.unwind(op_ret, op_errno, entries, xdata)

    def stat(self, frame, loc, xdata):
        frame.wind()

    async def fsyncdir(self, frame, fd, datasync, xdata):
        reply = await self.child.readdirp(fd, 100, 0)
        self.log.info("%d entries, %d more in the cache", len(reply.entries), len(self.cached))

    def opendir(self, frame, loc, fd, xdata):
        # What is kept beyond its request has no inode to bring: the host must not guess one.
        frame.wind(fd, 100, 0, None, fop="readdirp", cbk=self.listed)

    def listed(self, frame, op_ret, op_errno, entries, xdata):
        mine = [entry.name for entry in entries]
        self.log.info("%s", ",".join(mine))
        frame.unwind(0, 0, None, None)
