"""Keeps the hash of every file's content in an extended attribute: made after the file is closed,
and removed before it changes, so that it is never out of date.
"""

import asyncio
import hashlib
import os

from glupy import ENODATA, EPERM, Loc, Option, Translator

CHUNK = 1024 * 1024  # bytes read at a time


class State:
    """The state of a file, in its inode's ctx."""

    def __init__(self):
        self.lock = asyncio.Lock()  # guards the attribute
        self.tagged = True  # the attribute may be there
        self.changes = 0  # changes begun so far
        self.under_way = 0
        self.written = False  # since it was last hashed


class xlator(Translator):
    observes = True  # it changes no data, and sees every fop that does
    options = {
        "algorithm": Option.str("sha256", values=["md5", "sha1", "sha256", "sha512", "blake2b"]),
        "max-size": Option.size(2**30, help="larger files have no tag"),
        "parallel": Option.int(2, min=1, help="files that are hashed at the same time"),
    }

    def init(self):
        self.tag = "user." + self.options["algorithm"]
        self.turn = asyncio.Semaphore(self.options["parallel"])
        self.tasks = set()

    def state(self, inode):
        return inode.ctx.setdefault("tag", State())

    # -- removal of the tag before a change-----------------------------------------------------

    async def change(self, inode, fop, *args):
        state = self.state(inode)
        state.changes += 1
        state.under_way += 1
        try:
            await self.untag(state, Loc.of(inode=inode))
            return await getattr(self.child, fop)(*args)
        except asyncio.CancelledError:
            state.under_way += 1  # it may still happen unnoticed: no tag any more
            raise
        finally:
            state.under_way -= 1
            state.written = True

    async def untag(self, state, loc):
        async with state.lock:
            if state.tagged:
                try:
                    await self.child.removexattr(loc, self.tag)
                except OSError as error:
                    if error.errno != ENODATA:
                        raise
                state.tagged = False

    def create_cbk(self, frame, op_ret, op_errno, fd, inode, *reply):
        if op_ret >= 0:
            self.state(inode).written = True  # an empty file has a hash, too
        frame.unwind(op_ret, op_errno, fd, inode, *reply)

    # -- a new tag after the last change -------------------------------------------------------

    async def flush(self, frame, fd, xdata):
        reply = await self.child.flush(fd, xdata)
        if self.state(fd.inode).written:
            self.state(fd.inode).written = False
            task = asyncio.create_task(self.retag(fd.inode))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return reply

    async def retag(self, inode):
        loc = Loc.of(inode=inode)
        try:
            async with self.turn:
                # An open fd keeps the inode and its ctx.
                with (await self.child.open(loc, os.O_RDONLY)).fd as fd:
                    await self.hash(fd, loc, self.state(inode))
        except OSError as error:
            self.log.warning("%s has no tag: %s", inode.path, error)

    async def hash(self, fd, loc, state):
        changes, offset = state.changes, 0
        if (await self.child.fstat(fd)).buf.ia_size > self.options["max-size"]:
            return
        digest = hashlib.new(self.options["algorithm"])
        while data := (await self.child.readv(fd, CHUNK, offset, 0)).vector:
            digest.update(data)
            offset += len(data)
        async with state.lock:
            if state.changes == changes and not state.under_way:
                state.tagged = True
                await self.child.setxattr(loc, {self.tag: digest.hexdigest().encode()}, 0)

    # -- the tag is the module's own -----------------------------------------------------------

    def setxattr(self, frame, loc, dict, flags, xdata):
        frame.fail(EPERM) if self.tag in dict else frame.wind()

    def fsetxattr(self, frame, fd, dict, flags, xdata):
        frame.fail(EPERM) if self.tag in dict else frame.wind()

    def removexattr(self, frame, loc, name, xdata):
        frame.fail(EPERM) if name == self.tag else frame.wind()

    def fremovexattr(self, frame, fd, name, xdata):
        frame.fail(EPERM) if name == self.tag else frame.wind()

    # -- changes of a file ---------------------------------------------------------------------

    async def open(self, frame, loc, flags, fd, xdata):
        if flags & os.O_TRUNC:
            return await self.change(loc.inode, "open", loc, flags, fd, xdata)
        return await self.child.open(loc, flags, fd, xdata)

    async def truncate(self, frame, loc, *args):
        return await self.change(loc.inode, "truncate", loc, *args)

    async def copy_file_range(self, frame, fd_in, off_in, fd_out, *args):
        return await self.change(fd_out.inode, "copy_file_range", fd_in, off_in, fd_out, *args)


def changing(fop):
    async def method(self, frame, fd, *args):
        return await self.change(fd.inode, fop, fd, *args)

    return method


for fop in "writev ftruncate fallocate discard zerofill".split():
    setattr(xlator, fop, changing(fop))
