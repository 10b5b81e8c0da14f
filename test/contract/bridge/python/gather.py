"""Awaits all children at once."""

import asyncio

from glupy import Translator


class xlator(Translator):
    async def stat(self, frame, loc, xdata):
        replies = await asyncio.gather(*(child.stat(loc, xdata) for child in self.children))
        return max(replies, key=lambda reply: reply.buf.ia_size)

    async def access(self, frame, loc, mask, xdata):
        asked = (child.access(loc, mask, xdata) for child in self.children)
        results = await asyncio.gather(*asked, return_exceptions=True)
        failures = [result for result in results if isinstance(result, OSError)]
        if len(failures) == len(results):
            raise failures[-1]
        return next(result for result in results if not isinstance(result, OSError))
