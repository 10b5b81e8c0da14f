"""Sleeps, times out and waits for events without blocking other requests."""

import asyncio

from glupy import ENOTSUP, Translator


class xlator(Translator):
    def init(self):
        self.event = asyncio.Event()

    async def stat(self, frame, loc, xdata):
        await asyncio.sleep(5)
        return await self.child.stat(loc, xdata)

    async def access(self, frame, loc, mask, xdata):
        async with asyncio.timeout(2):
            return await self.child.access(loc, mask, xdata)

    async def readlink(self, frame, loc, size, xdata):
        try:
            return await asyncio.wait_for(self.child.readlink(loc, size, xdata), 2)
        except TimeoutError:
            return {"path": "late"}

    async def flush(self, frame, fd, xdata):
        await self.event.wait()

    async def fsync(self, frame, fd, datasync, xdata):
        self.event.set()
        self.event.clear()
        return {}

    async def fstat(self, frame, fd, xdata):
        task = asyncio.create_task(self.child_forever(fd))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            raise OSError(ENOTSUP, "cancelled") from None

    async def child_forever(self, fd):
        try:
            await self.child.fstat(fd)
        finally:
            self.log.info("given up")

    async def statfs(self, frame, loc, xdata):
        asyncio.current_task().cancel()
        return await self.child.statfs(loc, xdata)
