"""Awaits the child in every fop and returns the reply."""

from shapes import every


def make(row):
    async def fop(self, frame, *args):
        return await getattr(self.child, row.name)(*args)

    return fop


xlator = every(fop=make)
