"""Sets timers."""

from glupy import Loc, ROOT_GFID, Translator


class xlator(Translator):
    def init(self):
        self.count = 0
        self.timer(1, self.once, "a", "b")
        self.again = self.timer(2, self.count_up, repeat=True)
        self.timer(3, self.fail)
        self.timer(5, self.ask)
        self.timer(1, self.once, "never").cancel()

    def once(self, *args):
        self.log.info("once %s", ", ".join(args))

    def count_up(self):
        self.count += 1
        self.log.info("again %d", self.count)
        if self.count == 3:
            self.again.cancel()

    def fail(self):
        raise ValueError("out of order")

    async def ask(self):
        reply = await self.child.statfs(Loc.of(gfid=ROOT_GFID), None)
        self.log.info("asked, %d", reply.op_ret)

    def fsync(self, frame, fd, datasync, xdata):
        self.timer(0.05, frame.unwind, 7)
