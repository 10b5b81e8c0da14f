"""Handles an interrupted caller where it awaits its child."""

import asyncio

from glupy import Translator


class xlator(Translator):
    async def stat(self, frame, loc, xdata):
        try:
            return await self.child.stat(loc, xdata)
        except asyncio.CancelledError:
            self.log.info("stat is cancelled")
            raise

    async def readlink(self, frame, loc, size, xdata):
        try:
            return await self.child.readlink(loc, size, xdata)
        except asyncio.CancelledError:
            return "own", None, None

    async def fsync(self, frame, fd, datasync, xdata):
        try:
            return await self.child.fsync(fd, datasync, xdata)
        except asyncio.CancelledError:
            await self.child.flush(fd, None)
            raise

    async def access(self, frame, loc, mask, xdata):
        first, _ = await asyncio.gather(
            self.child.access(loc, mask, xdata), self.child.access(loc, mask, xdata)
        )
        return first
