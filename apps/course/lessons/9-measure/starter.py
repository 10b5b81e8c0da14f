from time import monotonic

from glupy import ENOENT, Option, Translator


class xlator(Translator):
    """Remembers names that are absent, and answers for them."""

    options = {
        "timeout": Option.time(60, help="how long an absent name is remembered"),
    }

    def init(self):
        self.absent = {}  # (folder, name): until when
        self.made = 0  # how often names were made

    def lookup(self, frame, loc, xdata):
        key = loc.pargfid, loc.name
        if self.absent.get(key, 0) > monotonic():
            return frame.fail(ENOENT)
        frame.local = key, self.made
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        key, made = frame.local
        if op_ret < 0 and op_errno == ENOENT and made == self.made:
            self.absent[key] = monotonic() + self.options["timeout"]
        frame.unwind(op_ret, op_errno, *reply)

    def entry_created(self, loc):
        self.made += 1
        self.absent.pop((loc.pargfid, loc.name), None)

    def notify(self, event):
        if event == "UPCALL":
            self.made += 1
            self.absent.clear()
