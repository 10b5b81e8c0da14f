"""Mirrors two children: changes go to both, reads to one of them."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4
from weakref import WeakValueDictionary

from glupy import EIO, ENODATA, ENOTCONN, EPERM, ESTALE, NULL_GFID, ROOT_GFID
from glupy import Dict, Fd, Loc, Reply, Translator

MAKING = "create mkdir mknod symlink icreate".split()
CHANGING = """
    link unlink rmdir rename truncate ftruncate writev fallocate discard zerofill copy_file_range
    setattr fsetattr setxattr fsetxattr removexattr fremovexattr xattrop fxattrop
    open opendir flush fsync fsyncdir
""".split()
READING = "stat fstat access readlink readv getxattr fgetxattr seek".split()
LOCKING = "lk inodelk finodelk entrylk fentrylk".split()  # at the child that is read

STALE = "user.mirror.stale"  # on a child's root: the name of the other child, which is stale
BROKEN = {EIO, ENOTCONN, ESTALE}  # the child's fault; any other errno is an answer


class xlator(Translator):
    observes = True  # all fops keep both children equal
    passes_through = False  # other fops would reach one child only: EOPNOTSUPP instead

    def init(self):
        if len(self.children) != 2:
            raise ValueError("a mirror has two subvolumes")
        self.live = []  # in order; the first is read
        self.locks = WeakValueDictionary()
        self.dropping = asyncio.Lock()
        self.here = set()
        self.ready = asyncio.Event()
        self.say_up(False)  # not before the stale child is known

    async def notify(self, event, child):
        if event != "CHILD_UP" or len(self.here) == 2:
            return
        self.here.add(child)
        if len(self.here) < 2:
            return
        try:
            stale = {await self.marked(child) for child in self.children}
        except OSError as error:
            self.log.error("serving nothing, since it is not known who is stale: %s", error)
        else:
            self.live = [child for child in self.children if child.name not in stale]
            for name in filter(None, stale):
                self.log.error("%s is stale: not used until it is a copy of the other", name)
        self.ready.set()
        self.say_up()  # stays up when one child goes down

    async def marked(self, child):
        """The name of the other child, if this one knows that it is stale."""
        try:
            reply = await child.getxattr(Loc.of(gfid=ROOT_GFID), STALE)
        except OSError as error:
            if error.errno != ENODATA:
                raise
            return None
        return bytes(reply.dict[STALE]).decode()

    def statedump(self):
        return {child.name: "live" if child in self.live else "stale" for child in self.children}

    async def started(self):
        await self.ready.wait()
        if not self.live:
            raise OSError(EIO, "no child is known to be right")

    # -- one change at a time per file and directory: the same order on both children ----------

    @asynccontextmanager
    async def order(self, args):
        await self.started()
        gfids = set()
        for arg in args:
            if isinstance(arg, Loc):
                gfids |= {arg.gfid, arg.pargfid}
            elif isinstance(arg, Fd):
                gfids.add(arg.inode.gfid)
        async with AsyncExitStack() as stack:
            for gfid in sorted(gfids - {NULL_GFID}):  # sorted, to prevent deadlocks
                lock = self.locks.setdefault(gfid, asyncio.Lock())
                await stack.enter_async_context(lock)
            yield

    # -- changes -------------------------------------------------------------------------------

    async def change(self, fop, args):
        if "xattr" in fop and STALE in names_in(args):
            raise OSError(EPERM, STALE)  # the attribute is the volume's own
        async with self.order(args):
            asked = list(self.live)
            results = await all_of([getattr(child, fop)(*args) for child in asked])
            # Another request may have dropped a child meanwhile: ignore its reply.
            heard = [(child, one) for child, one in zip(asked, results) if child in self.live]
            replies = [one for _, one in heard if not isinstance(one, OSError)]
            if not replies:
                # Both failed alike, so neither has missed a change.
                raise next(one for _, one in heard if isinstance(one, OSError))
            best = max(reply.op_ret for reply in replies)
            for child, one in heard:
                if isinstance(one, OSError):
                    await self.drop(child, f"{fop}: {one}")
                elif one.op_ret < best:
                    await self.drop(child, f"{fop}: {one.op_ret} instead of {best}")
            return next(reply for reply in replies if reply.op_ret == best)

    async def drop(self, child, why):
        """A child that has missed something is not asked again. The other one remembers that."""
        async with self.dropping:
            if child not in self.live:
                return
            self.live.remove(child)
            self.log.error("%s is stale from now on: %s", child.name, why)
            if not self.live:
                self.live = [child]
                raise OSError(EIO, "each child has missed something")
            mark = {STALE: child.name.encode()}
            await self.live[0].setxattr(Loc.of(gfid=ROOT_GFID), mark, 0)

    async def make(self, fop, args):
        """The children must give what is made the same gfid."""
        *args, xdata = args
        xdata = Dict(xdata or {})
        if "gfid-req" not in xdata:
            xdata.set("gfid-req", str(uuid4()), "gfuuid")
        return await self.change(fop, (*args, xdata))

    # -- reads ---------------------------------------------------------------------------------

    async def ask(self, fop, args):
        await self.started()
        first, *others = self.live
        try:
            return await getattr(first, fop)(*args)
        except OSError as error:
            if error.errno not in BROKEN or not others:
                raise
            self.log.warning("%s: %s: %s; asking %s", first.name, fop, error, others[0].name)
            return await getattr(others[0], fop)(*args)

    async def lookup(self, frame, loc, xdata):
        """Every child must know the inode. What the first one says is so."""
        async with self.order([loc]):
            reply = await self.ask("lookup", (loc, xdata))
            # A file without a gfid gets the first child's.
            wish = Dict(xdata or {})
            wish.set("gfid-req", reply.buf.ia_gfid, "gfuuid")
            for child in self.live[1:]:
                try:
                    other = await child.lookup(loc, wish)
                except OSError as error:
                    await self.drop(child, f"lookup of {loc.path}: {error}")
                else:
                    if other.buf.ia_gfid != reply.buf.ia_gfid:
                        await self.drop(child, f"{loc.path} is another file there")
            return reply

    async def readdirp(self, frame, fd, size, offset, xdata):
        # Without attributes, so that the client looks up each name on both children.
        return {"entries": (await self.list(fd, size, offset, xdata)).entries}

    async def readdir(self, frame, fd, size, offset, xdata):
        return await self.list(fd, size, offset, xdata)

    async def list(self, fd, size, offset, xdata):
        """A listing stays with one child, which its offsets name: another's mean something else."""
        count = len(self.children)
        child = self.children[offset % count] if offset else self.live[0]
        if child not in self.live:
            raise OSError(ESTALE, "the child that was listed is stale")
        reply = await child.readdir(fd, size, offset // count, xdata)
        at = self.children.index(child)
        entries = [entry._replace(off=entry.off * count + at) for entry in reply.entries]
        return reply.replace(entries=entries)

    async def statfs(self, frame, loc, xdata):
        await self.started()
        replies = []
        for child in self.live:
            try:
                replies.append(await child.statfs(loc, xdata))
            except OSError:
                if child is self.live[0]:
                    raise
        return min(replies, key=lambda reply: reply.buf.bavail * reply.buf.frsize)


def names_in(args):
    """The names of the extended attributes that a fop sets or removes."""
    for arg in args:
        if isinstance(arg, str):
            yield arg
        elif isinstance(arg, Dict):
            yield from arg


async def all_of(requests) -> list[Reply | OSError]:
    """The children's replies to pending requests.

    Who changes something must hear of all of them, even when the caller gives up meanwhile.
    """
    gathered = asyncio.gather(*map(outcome, requests))
    while True:
        try:
            return await asyncio.shield(gathered)
        except asyncio.CancelledError:
            continue


async def outcome(request) -> Reply | OSError:
    try:
        return await request
    except OSError as error:
        return error


def through(method, fop):
    """Makes a fop from one of the methods above."""

    async def enter(self, frame, *args):
        return await method(self, fop, args)

    return enter


for method, fops in (xlator.make, MAKING), (xlator.change, CHANGING), (xlator.ask, READING + LOCKING):
    for fop in fops:
        setattr(xlator, fop, through(method, fop))
