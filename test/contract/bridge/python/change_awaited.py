"""Replaces arguments and parts of replies, in an async def."""

from shapes import change, every


def make(row):
    async def fop(self, frame, *args):
        reply = await getattr(self.child, row.name)(*change(row.args, args))
        parts = [arg.name for arg in row.reply]
        return reply.replace(**dict(zip(parts, change(row.reply, reply))))

    return fop


xlator = every(fop=make)
