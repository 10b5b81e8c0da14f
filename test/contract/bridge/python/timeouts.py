"""Sets cache times on its replies."""

from glupy import ENOENT, Translator


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == "absent":
            frame.fail(ENOENT, timeout=60)
        else:
            frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        frame.unwind(op_ret, op_errno, *reply, entry_timeout=3.5, attribute_timeout=7)

    async def stat(self, frame, loc, xdata):
        reply = await self.child.stat(loc, xdata)
        return reply.replace(attribute_timeout=9)
