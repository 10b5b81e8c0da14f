"""Keeps removed and replaced files in `.trash`."""

import asyncio
import os
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from time import time

from glupy import EIO, EPERM, IA_IFREG, ROOT_GFID, Loc, Option, Translator

TRASH = ".trash"
ORIGIN = "user.trash.path"  # the attribute with a file's former path
NAME_MAX = 255
LISTING = 128 * 1024  # bytes of one listing


class xlator(Translator):
    options = {
        "show": Option.bool(False, help="list .trash in the root; its name always opens it"),
        "exclude": Option.str("", help="patterns of names that bypass the trash, with commas"),
        "keep": Option.time(help="time that a file stays in the trash; without: for ever"),
        "limit": Option.size(help="bytes in the trash; without: no limit"),
        "purge-every": Option.time(3600, min=1, help="time between two removals of old files"),
    }

    def init(self):
        self.last = 0  # the newest name's time
        self.patterns = [pattern for pattern in self.options["exclude"].split(",") if pattern]
        self.trash = None
        self.ready = asyncio.Event()

    async def notify(self, event):
        if event != "CHILD_UP" or self.ready.is_set():
            return
        try:
            self.trash = await self.make_trash()
            # An open fd keeps the inode known, also while it is unused.
            self.opened = (await self.child.opendir(Loc.of(inode=self.trash))).fd
        finally:
            self.ready.set()
        self.timer(self.options["purge-every"], self.purge, repeat=True)
        await self.purge()

    def fini(self):
        if self.trash is not None:
            self.opened.close()

    async def make_trash(self):
        root = (await self.child.lookup(Loc.of(gfid=ROOT_GFID))).inode
        loc = Loc.of(parent=root, name=TRASH)
        try:
            # Like /tmp: users may take out their own files.
            return (await self.child.mkdir(loc, 0o1777, 0)).inode
        except FileExistsError:
            return (await self.child.lookup(loc)).inode

    # -- into the trash ------------------------------------------------------------------------

    async def find(self, loc):
        """What a name leads to, if it is a file that is to be kept; else None."""
        await self.ready.wait()
        if self.trash is None:
            raise OSError(EIO, "there is no trash, so nothing is removed")
        inside = loc.pargfid == self.trash.gfid
        if inside or any(fnmatchcase(loc.name, pattern) for pattern in self.patterns):
            return None
        try:
            found = await self.child.lookup(Loc.of(parent=loc.parent, name=loc.name))
        except FileNotFoundError:
            return None
        return found if found.buf.ia_type == IA_IFREG else None

    def place(self, loc):
        """A place in the trash that nothing had before: the time, and what the file was called."""
        self.last = max(self.last + 1, int(time() * 1_000_000))
        stamp = datetime.fromtimestamp(self.last / 1_000_000, UTC).strftime("%Y%m%d-%H%M%S.%f")
        name = os.fsencode(f"{stamp}-{loc.name}")[:NAME_MAX]
        return Loc.of(parent=self.trash, name=os.fsdecode(name))

    async def note(self, found, path):
        """Notes where a file was: its own times and mode stay."""
        try:
            await self.child.setxattr(Loc.of(inode=found.inode), {ORIGIN: os.fsencode(path)}, 0)
        except OSError as error:
            self.log.warning("%s is in the trash without its path: %s", path, error)

    async def unlink(self, frame, loc, xflag, xdata):
        found, path = await self.find(loc), loc.path
        if not found:
            return await self.child.unlink(loc, xflag, xdata)
        moved = await self.child.rename(loc, self.place(loc))
        await self.note(found, path)
        return {"preparent": moved.preoldparent, "postparent": moved.postoldparent}

    async def rename(self, frame, oldloc, newloc, xdata):
        if self.is_trash(oldloc) or self.is_trash(newloc):
            raise OSError(EPERM, TRASH)
        flags = xdata.get("glossa.rename-flags", 0) if xdata else 0
        victim = None if flags else await self.find(newloc)
        if not victim or victim.buf.ia_gfid == oldloc.gfid:
            return await self.child.rename(oldloc, newloc, xdata)
        # A second name, so that `newloc` always exists.
        kept, path = self.place(newloc), newloc.path
        await self.child.link(Loc.of(inode=victim.inode), kept)
        try:
            reply = await self.child.rename(oldloc, newloc, xdata)
        except OSError:
            await self.child.unlink(kept, 0)
            raise
        await self.note(victim, path)
        return reply

    # -- the trash itself ----------------------------------------------------------------------

    def is_trash(self, loc):
        return loc.name == TRASH and loc.pargfid == ROOT_GFID

    def rmdir(self, frame, loc, flags, xdata):
        frame.fail(EPERM) if self.is_trash(loc) else frame.wind()

    async def readdirp(self, frame, *args):
        return await self.list(self.child.readdirp, *args)

    async def readdir(self, frame, *args):
        return await self.list(self.child.readdir, *args)

    async def list(self, request, fd, size, offset, xdata):
        reply = await request(fd, size, offset, xdata)
        if self.options["show"] or fd.inode.gfid != ROOT_GFID:
            return reply
        # An empty listing would signal the end of the directory.
        while len(reply.entries) == 1 and reply.entries[0].name == TRASH:
            reply = await request(fd, size, reply.entries[0].off, xdata)
        return reply.replace(entries=[entry for entry in reply.entries if entry.name != TRASH])

    async def purge(self):
        """Removes what is too old, and the oldest of what is too much."""
        keep, limit = self.options["keep"], self.options["limit"]
        files = sorted([file async for file in self.files()], key=lambda file: file[0])
        total = sum(size for _, size, _ in files)
        for since, size, loc in files:
            is_old = keep is not None and since + keep <= time()
            if is_old or (limit is not None and total > limit):
                await self.child.unlink(loc, 0)
                total -= size

    async def files(self):
        """(when it came, its size, its loc) of every file in the trash."""
        off = 0
        with (await self.child.opendir(Loc.of(inode=self.trash))).fd as fd:
            while entries := (await self.child.readdir(fd, LISTING, off)).entries:
                off = entries[-1].off
                for name in [entry.name for entry in entries]:
                    if name in (".", ".."):
                        continue
                    loc = Loc.of(parent=self.trash, name=name)
                    buf = (await self.child.lookup(loc)).buf
                    if buf.ia_type == IA_IFREG:
                        yield buf.ia_ctime + buf.ia_ctime_nsec / 1e9, buf.ia_size, loc
