"""Makes requests of its own, whenever it is called without one."""

import asyncio

from glupy import IA_IFDIR, Loc, ROOT_GFID, Translator


class xlator(Translator):
    def init(self):
        self.tasks = [asyncio.create_task(self.look("init"))]

    async def look(self, when):
        reply = await self.child.stat(Loc.of(gfid=ROOT_GFID))
        await asyncio.sleep(0.001)
        # What came with a request of its own stays.
        self.log.info("%s: %d bytes, %s", when, reply.buf.ia_size, dict(reply.xdata or {}))

    def entry_created(self, loc):
        self.tasks.append(asyncio.create_task(self.look(loc.name)))

    async def notify(self, event):
        if event == "CHILD_UP":
            await self.look(event)

    async def access(self, frame, loc, mask, xdata):
        frame.unwind(0)
        self.log.info("access: %s", await self.attempt(loc))

    async def attempt(self, loc):
        try:
            return (await self.child.readlink(loc, 100)).path
        except OSError as error:
            return type(error).__name__

    async def lookup(self, frame, loc, xdata):
        # A loc of one's own: the host finds or makes its inode.
        other = Loc.of(parent=loc.parent, name=loc.name + ".old")
        task = asyncio.create_task(self.beside(other))
        self.tasks.append(task)
        return await self.child.lookup(loc, xdata)

    async def beside(self, loc):
        reply = await self.child.lookup(loc)
        self.log.info("beside: %s", reply.buf.ia_type == IA_IFDIR)
