"""Winds a stat before it passes a removal on."""

from glupy import Translator


class xlator(Translator):
    def unlink(self, frame, loc, xflag, xdata):
        frame.local = loc, xflag, xdata
        frame.wind(loc, None, fop="stat", cbk=self.looked)

    def looked(self, frame, op_ret, op_errno, buf, xdata):
        if op_ret < 0:
            return frame.fail(op_errno)
        self.log.info("it has %d bytes", buf.ia_size)
        frame.wind(*frame.local)

    async def rmdir(self, frame, loc, flags, xdata):
        reply = await self.child.stat(loc)
        self.log.info("it has %d bytes", reply.buf.ia_size)
        return await self.child.rmdir(loc, flags, xdata)
