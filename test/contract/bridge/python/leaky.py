import asyncio, gc, json, logging, sys
from glupy import *
from glupy import _loop, frame as frames, inode


class xlator(Translator):
    """Ends requests badly, in every way there is; see leaks.ts."""

    def init(self):
        self.log.setLevel(logging.CRITICAL)
        self.kept = []

    def access(self, frame, loc, mask, xdata):
        loc.inode.ctx["seen"] = mask
        if mask == 0:
            frame.fail(EPERM)
        elif mask == 1:
            raise ValueError("raised")
        elif mask == 3:
            self.kept.append(frame)
            del self.kept[:-10]
        elif mask > 3:
            frame.local = mask
            frame.wind()

    def access_cbk(self, frame, op_ret, op_errno, xdata):
        if frame.local == 4:
            raise ValueError("raised")
        frame.unwind(op_ret, op_errno, xdata)

    async def truncate(self, frame, loc, offset, xdata):
        if offset == 0:
            raise ValueError("raised")
        elif offset == 1:
            await self.child.access(loc, 1)
            raise ValueError("raised")
        elif offset == 2:
            await asyncio.get_running_loop().create_future()
        elif offset == 3:
            await asyncio.sleep(1e6)
        else:
            with (await self.child.open(loc, 0)).fd as fd:
                fd.ctx["seen"] = fd
            raise OSError(EPERM, "opened")

    def statfs(self, frame, loc, xdata):
        frame.fail(EPERM)
        self.kept.clear()
        gc.collect()
        counts = [len(frames.waiting), len(frames.kept), len(inode.contexts), len(inode.Fd.known)]
        counts += [len(_loop.loop._timers) > 200, len(_loop.loop._ready)]
        self.log.critical("LEFT %s", json.dumps([*counts, sys.getallocatedblocks()]))
