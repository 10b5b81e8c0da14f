"""Opens, uses and closes files by its own requests."""

import os

from glupy import Loc, Translator


class xlator(Translator):
    def init(self):
        self.kept = []

    async def getxattr(self, frame, loc, name, xdata):
        with (await self.child.open(Loc.of(inode=loc.inode), os.O_RDONLY)).fd as fd:
            reply = await self.child.readv(fd, 100, 0, 0)
        return {"dict": {"content": bytes(reply.vector)}}

    async def removexattr(self, frame, loc, name, xdata):
        made = await self.child.create(Loc.of(parent=loc.parent, name=name), os.O_RDWR, 0o600, 0)
        self.kept.append(made.fd)
        await self.child.writev(made.fd, b"content", 0, 0)

    async def access(self, frame, loc, mask, xdata):
        with (await self.child.opendir(loc)).fd as fd:
            assert fd.is_dir
            listing = await self.child.readdir(fd, 100, 0)
        self.log.info("%d entries", listing.op_ret)

    def flush(self, frame, fd, xdata):
        fd.close()

    async def fsync(self, frame, fd, datasync, xdata):
        self.kept[0].close()
        self.kept[0].close()
        return {}
