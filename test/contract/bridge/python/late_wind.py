"""Passes every fop on after its own call has returned."""

import asyncio

from shapes import every


def make(row):
    async def fop(self, frame, *args):
        await asyncio.sleep(0.001)
        frame.wind(*args)

    return fop


xlator = every(fop=make)
