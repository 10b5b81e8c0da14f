"""Write once, read many: a written file cannot be changed, moved or removed."""

import os
from time import time
from weakref import WeakSet

from glupy import EPERM, IA_IFDIR, IA_IFREG, Loc, Option, Translator

WRITING = os.O_WRONLY | os.O_RDWR
RENAME_EXCHANGE = 2


class Writer:
    """A marker in the ctx of an fd open for writing, gone with the fd."""

    def __init__(self, gfid):
        self.gfid = gfid


class xlator(Translator):
    """A file is final when no process has it open for writing and its ctime is older than `grace`.

    Nothing is stored for that, so nothing can be forged, and a restart changes nothing: no
    application can set a ctime, and a request that would renew it is refused for a final file.
    """

    options = {
        "grace": Option.time(0, help="time after its last change in which a file can change"),
        "retention": Option.time(help="time in which a final file stays; without: for ever"),
    }

    def init(self):
        self.writers = WeakSet()

    async def age(self, loc):
        """For how many seconds a file has been final; None for what is no file, or not final."""
        buf = (await self.child.lookup(loc)).buf
        # A nameless file (O_TMPFILE) is never final: it could not be written.
        if buf.ia_type != IA_IFREG or buf.ia_nlink == 0:
            return None
        if any(buf.ia_gfid == writer.gfid for writer in self.writers):
            return None
        # time() has whole milliseconds: with nanoseconds a new ctime would be in the future.
        ctime = buf.ia_ctime + buf.ia_ctime_nsec // 1_000_000 / 1000
        age = round(time() - ctime, 3) - self.options["grace"]
        return age if age >= 0 else None

    async def check_change(self, loc):
        if await self.age(loc) is not None:
            raise OSError(EPERM, "worm")

    async def check_removal(self, loc):
        age, retention = await self.age(loc), self.options["retention"]
        if age is not None and (retention is None or age < retention):
            raise OSError(EPERM, "worm")

    async def open(self, frame, loc, flags, fd, xdata):
        if flags & (WRITING | os.O_TRUNC):
            await self.check_change(loc)
        if flags & WRITING:
            fd.ctx["writer"] = writer = Writer(loc.gfid)
            self.writers.add(writer)
        return await self.child.open(loc, flags, fd, xdata)

    async def create(self, frame, loc, flags, mode, umask, fd, xdata):
        reply = await self.child.create(loc, flags, mode, umask, fd, xdata)
        fd.ctx["writer"] = writer = Writer(reply.buf.ia_gfid)
        self.writers.add(writer)
        return reply

    async def link(self, frame, oldloc, newloc, xdata):
        await self.check_change(oldloc)
        return await self.child.link(oldloc, newloc, xdata)

    async def unlink(self, frame, loc, xflag, xdata):
        await self.check_removal(loc)
        return await self.child.unlink(loc, xflag, xdata)

    async def rename(self, frame, oldloc, newloc, xdata):
        await self.check_change(oldloc)
        if (await self.child.lookup(oldloc)).buf.ia_type == IA_IFDIR:
            raise OSError(EPERM, "worm")  # it would move the files in it
        exchange = xdata and xdata.get("glossa.rename-flags", 0) & RENAME_EXCHANGE
        check = self.check_change if exchange else self.check_removal
        try:
            await check(Loc.of(parent=newloc.parent, name=newloc.name))
        except FileNotFoundError:
            pass  # nothing is replaced
        return await self.child.rename(oldloc, newloc, xdata)


def changing(fop):
    """A fop that changes a file, given by a loc or an fd."""

    async def method(self, frame, target, *args):
        await self.check_change(target if isinstance(target, Loc) else Loc.of(inode=target.inode))
        return await getattr(self.child, fop)(target, *args)

    return method


for fop in "truncate ftruncate setattr setxattr removexattr fsetattr fsetxattr fremovexattr".split():
    setattr(xlator, fop, changing(fop))
