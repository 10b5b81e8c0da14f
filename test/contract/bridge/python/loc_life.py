"""Logs whether locs are valid during their request, and after each kind of end."""

from glupy import EPERM, HandleExpired, Translator


class xlator(Translator):
    def init(self):
        self.kept = {}

    def say(self, what, loc):
        try:
            self.log.info("%s: %s", what, loc.name)
        except HandleExpired:
            self.log.info("%s: HandleExpired", what)

    def access(self, frame, loc, mask, xdata):
        self.kept["answered at once"] = loc
        frame.fail(EPERM)
        self.say("in the method that has answered", loc)

    def readlink(self, frame, loc, size, xdata):
        self.kept["handed on"] = loc
        frame.wind()

    def stat(self, frame, loc, xdata):
        self.kept["answered in a callback"] = frame.local = loc
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        self.say("in the callback", frame.local)
        frame.unwind(op_ret, op_errno, buf, xdata)

    async def truncate(self, frame, loc, offset, xdata):
        self.kept["awaited"] = loc
        reply = await self.child.truncate(loc, offset, xdata)
        self.say("after an await", loc)
        return reply

    def unlink(self, frame, loc, xflag, xdata):
        self.kept["raised"] = loc
        raise ValueError("on purpose")

    def mkdir(self, frame, loc, *args):
        self.kept["answered in a timer"] = loc
        self.timer(1, self.late, frame, loc)

    def late(self, frame, loc):
        self.say("in a timer", loc)
        frame.fail(EPERM)

    def statfs(self, frame, loc, xdata):
        for what, loc in self.kept.items():
            self.say(what, loc)
        frame.fail(EPERM)
