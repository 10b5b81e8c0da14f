"""Logs the caller of each request."""

import json

from glupy import Translator


class xlator(Translator):
    def stat(self, frame, loc, xdata):
        root = frame.root
        who = [frame.name, root.uid, root.gid, root.pid, list(root.groups), root.lk_owner, root.op]
        self.log.info("%s", json.dumps([*who, root.unique > 0]))
        frame.wind()

    async def access(self, frame, loc, mask, xdata):
        reply = await self.child.access(loc, mask, xdata)
        self.log.info("%s", json.dumps([frame.name, frame.root.uid]))
        return reply
