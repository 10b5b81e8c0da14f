"""Sets cache times of absent names, before it awaits its child and afterwards."""

from glupy import ENOENT, Translator


class xlator(Translator):
    async def lookup(self, frame, loc, xdata):
        if loc.name == "early":
            return frame.fail(ENOENT, timeout=5)
        try:
            return await self.child.lookup(loc, xdata)
        except OSError as error:
            return frame.fail(error.errno, timeout=6)

    def access(self, frame, loc, mask, xdata):
        frame.fail(ENOENT, timeout=5)  # never cached
