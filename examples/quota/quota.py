"""Limits the total size of the files below a directory (EDQUOT)."""

import asyncio
import os
import posixpath
from contextlib import asynccontextmanager

from glupy import EDQUOT, EOPNOTSUPP, EXDEV, IA_IFDIR, IA_IFREG, ROOT_GFID
from glupy import Loc, Option, Translator

UNITS = {"": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
FALLOC_FL_KEEP_SIZE = 1
RENAME_EXCHANGE = 2
LISTING = 128 * 1024  # bytes of one listing


class Tree:
    """A directory that has a limit, with everything below it."""

    def __init__(self, path, limit):
        self.path = path
        self.limit = limit
        self.used = 0  # bytes of the files in it,
        self.counted = False  # True once `used` is known

    def holds(self, path):
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")


def parse(limits):
    for item in filter(None, limits.split(",")):
        path, _, size = item.strip().rpartition(":")
        number = size.rstrip("KMGTB")
        unit = size[len(number) :]
        if not path.startswith("/") or not number.isdigit() or unit not in UNITS:
            raise ValueError(f"limits: {item!r} is not PATH:SIZE, such as /home:10MB")
        yield Tree(posixpath.normpath(path), int(number) * UNITS[unit])


class xlator(Translator):
    observes = True  # it changes no data, and checks every fop that enlarges a file
    options = {
        "limits": Option.str("", help="PATH:SIZE, separated by commas", reconfigurable=True),
    }

    def init(self):
        self.trees = list(parse(self.options["limits"]))
        self.lock = asyncio.Lock()  # one change at a time keeps the counts right

    def reconfigure(self, options):
        self.trees = list(parse(options["limits"]))

    def statedump(self):
        return {f"used {tree.path}": tree.used for tree in self.trees if tree.counted}

    def trees_at(self, path):
        return [tree for tree in self.trees if tree.holds(path)]

    def trees_of(self, inode):
        """Where a file counts. That stays: `rename` and `link` let none out of its trees."""
        limits, trees = inode.ctx.get("trees", (None, []))
        if limits is not self.trees:
            trees = self.trees_at(inode.path)
            inode.ctx["trees"] = self.trees, trees
        return trees

    @asynccontextmanager
    async def changing(self, trees):
        """No other request changes what counts meanwhile, and it is known how much there is."""
        async with self.lock:
            await self.count(trees)
            try:
                yield
            except asyncio.CancelledError:
                for tree in trees:
                    tree.counted = False  # interrupted: the change may still happen
                raise

    def add(self, trees, size):
        for tree in trees:
            tree.used += size

    def gone(self, trees, found):
        """A name is gone. With the last one the file stops counting, even while it is open."""
        if found.buf.ia_type == IA_IFREG and found.buf.ia_nlink == 1:
            self.add(trees, -found.buf.ia_size)
            found.inode.ctx["trees"] = self.trees, []

    # -- counting existing files, before the first change ------------------------

    async def count(self, trees):
        for tree in trees:
            if not tree.counted:
                tree.used = await self.size_of(tree.path)
                tree.counted = True
                self.log.info("%s: %d bytes of %d", tree.path, tree.used, tree.limit)

    async def size_of(self, path):
        try:
            at = await self.child.lookup(Loc.of(gfid=ROOT_GFID))
            for name in filter(None, path.split("/")):
                at = await self.child.lookup(Loc.of(parent=at.inode, name=name))
        except FileNotFoundError:
            return 0  # it may be created later
        return await self.size_below(at.inode, set())

    async def size_below(self, directory, seen):
        """Bytes of all files below a directory. A file with several names counts once."""
        total = off = 0
        with (await self.child.opendir(Loc.of(inode=directory))).fd as fd:
            while entries := (await self.child.readdir(fd, LISTING, off)).entries:
                off = entries[-1].off
                for name in (entry.name for entry in entries if entry.name not in (".", "..")):
                    found = await self.child.lookup(Loc.of(parent=directory, name=name))
                    if found.buf.ia_type == IA_IFDIR:
                        total += await self.size_below(found.inode, seen)
                    elif found.buf.ia_type == IA_IFREG and found.buf.ia_gfid not in seen:
                        seen.add(found.buf.ia_gfid)
                        total += found.buf.ia_size
        return total

    # -- changes of a file's size --------------------------------------------------------------

    async def resize(self, inode, end, request, *args):
        """Makes a request after which the file has at most `end(size)` bytes."""
        trees = self.trees_of(inode)
        if not trees:
            return await request(*args)
        async with self.changing(trees):
            loc = Loc.of(inode=inode)
            size = (await self.child.stat(loc)).buf.ia_size
            growth = end(size) - size
            if growth > 0 and any(tree.used + growth > tree.limit for tree in trees):
                raise OSError(EDQUOT, "quota")
            try:
                return await request(*args)
            finally:
                # A failed write may have written a part.
                self.add(trees, (await self.child.stat(loc)).buf.ia_size - size)

    async def writev(self, frame, fd, vector, offset, flags, xdata):
        def end(size):
            return max(size, (size if fd.flags & os.O_APPEND else offset) + len(vector))

        request = self.child.writev
        return await self.resize(fd.inode, end, request, fd, vector, offset, flags, xdata)

    async def truncate(self, frame, loc, offset, xdata):
        request = self.child.truncate
        return await self.resize(loc.inode, lambda size: offset, request, loc, offset, xdata)

    async def ftruncate(self, frame, fd, offset, xdata):
        request = self.child.ftruncate
        return await self.resize(fd.inode, lambda size: offset, request, fd, offset, xdata)

    async def fallocate(self, frame, fd, mode, offset, len, xdata):
        # Space beyond a file's end (FALLOC_FL_KEEP_SIZE) must fit, and does not count.
        request, end = self.child.fallocate, lambda size: max(size, offset + len)
        return await self.resize(fd.inode, end, request, fd, mode, offset, len, xdata)

    async def zerofill(self, frame, fd, offset, len, xdata):
        request, end = self.child.zerofill, lambda size: max(size, offset + len)
        return await self.resize(fd.inode, end, request, fd, offset, len, xdata)

    async def copy_file_range(self, frame, fd_in, off_in, fd_out, off_out, len, flags, xdata):
        request, end = self.child.copy_file_range, lambda size: max(size, off_out + len)
        args = fd_in, off_in, fd_out, off_out, len, flags, xdata
        return await self.resize(fd_out.inode, end, request, *args)

    # -- moves and removals --------------------------------------------------------------------

    async def unlink(self, frame, loc, xflag, xdata):
        trees = self.trees_at(loc.path)
        if not trees:
            return await self.child.unlink(loc, xflag, xdata)
        async with self.changing(trees):
            found = await self.child.lookup(Loc.of(parent=loc.parent, name=loc.name))
            reply = await self.child.unlink(loc, xflag, xdata)
            self.gone(trees, found)
            return reply

    async def rename(self, frame, oldloc, newloc, xdata):
        trees = self.trees_at(newloc.path)
        paths = oldloc.path + "/", newloc.path + "/"
        if trees != self.trees_at(oldloc.path) or any(t.path.startswith(paths) for t in self.trees):
            raise OSError(EXDEV, "quota")  # `mv` then copies, and the copy counts in its directory
        exchange = xdata and xdata.get("glossa.rename-flags", 0) & RENAME_EXCHANGE
        if not trees or exchange:
            return await self.child.rename(oldloc, newloc, xdata)
        async with self.changing(trees):
            try:
                victim = await self.child.lookup(Loc.of(parent=newloc.parent, name=newloc.name))
            except FileNotFoundError:
                victim = None
            reply = await self.child.rename(oldloc, newloc, xdata)
            if victim:
                self.gone(trees, victim)
            return reply

    async def icreate(self, frame, loc, mode, xdata):
        if self.trees_at(loc.parent.path):
            raise OSError(EOPNOTSUPP, "quota")  # a nameless file would count nowhere
        return await self.child.icreate(loc, mode, xdata)

    async def put(self, frame, loc, *args):
        raise OSError(EOPNOTSUPP, "quota")  # a create and a writev are counted

    async def link(self, frame, oldloc, newloc, xdata):
        if self.trees_of(oldloc.inode) != self.trees_at(newloc.path):
            raise OSError(EXDEV, "quota")
        return await self.child.link(oldloc, newloc, xdata)

    # -- statistics for `df` -------------------------------------------------------------------

    async def statfs(self, frame, loc, xdata):
        reply = await self.child.statfs(loc, xdata)
        trees = self.trees_of(loc.inode)
        if not trees:
            return reply
        async with self.changing(trees):
            tree = min(trees, key=lambda tree: tree.limit - tree.used)
        buf = reply.buf
        free = max(0, tree.limit - tree.used) // buf.frsize
        buf = buf.copy(
            blocks=min(buf.blocks, tree.limit // buf.frsize),
            bfree=min(buf.bfree, free),
            bavail=min(buf.bavail, free),
        )
        return reply.replace(buf=buf)
