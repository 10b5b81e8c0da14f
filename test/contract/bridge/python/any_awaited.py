"""Awaits every fop."""

from glupy import Translator


class xlator(Translator):
    async def any_fop(self, frame, *args):
        self.log.info("down %s", frame.name)
        try:
            reply = await getattr(self.child, frame.name)(*args)
        except OSError:
            self.log.info("up -1")
            raise
        self.log.info("up %d", reply.op_ret)
        return reply
