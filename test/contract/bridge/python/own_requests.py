"""Winds its own requests from init, hooks, notify, and after an answer."""

import asyncio

from glupy import ROOT_GFID, Loc, Translator, errorcode


class xlator(Translator):
    def init(self):
        self.tasks = [asyncio.create_task(self.look("init"))]

    async def look(self, when):
        reply = await self.child.stat(Loc.of(gfid=ROOT_GFID))
        await asyncio.sleep(0.001)
        # What came with a request of its own stays.
        key = reply.xdata["key"] if reply.xdata else "-"
        self.log.info("%s: %d bytes, %s", when, reply.buf.ia_size, key)

    def entry_created(self, loc):
        self.tasks.append(asyncio.create_task(self.look(loc.name)))

    async def notify(self, event):
        if event == "CHILD_UP":
            await self.look(event)

    async def access(self, frame, loc, mask, xdata):
        frame.unwind(0)
        try:
            await self.child.readlink(loc, 100)
        except OSError as error:
            self.log.info("readlink: %s", errorcode[error.errno])

    async def lookup(self, frame, loc, xdata):
        # A loc of one's own: the host finds or makes its inode.
        other = Loc.of(parent=loc.parent, name=loc.name + ".old")
        task = asyncio.create_task(self.beside(other))
        self.tasks.append(task)
        return await self.child.lookup(loc, xdata)

    async def beside(self, loc):
        reply = await self.child.lookup(loc)
        self.log.info("beside: type %d", reply.buf.ia_type)
