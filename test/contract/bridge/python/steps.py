"""Makes a translator that carries out steps: ../modules.ts lists them."""

import asyncio
import json
import re

import glupy
from glupy import Translator
from glupy._fops import FOPS
from shapes import change, describe, own_reply, own_ret, touch

ROWS = {row.name: row for row in FOPS}
HOOKS = "init notify fini entry_created entry_removed dump_state load_state".split()
WAITING = ("await", "try", "sleep", "return")


def parse(text):
    """The lines of each method: conditions, and steps."""
    methods = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        head, _, body = line.partition(":")
        name, *conditions = head.split()
        steps = [step.strip() for step in body.split("; ") if step.strip()]
        methods.setdefault(name, []).append((conditions, steps))
    return methods


def make(text):
    methods = parse(text)
    members = {"kept": None, "count": 0}
    if "passes_through" in methods:
        members["passes_through"] = methods.pop("passes_through")[0][1] == ["on"]
    for name, cases in methods.items():
        if name == "new":
            members["__init__"] = make_hook(name, cases)
        elif name in HOOKS:
            members[name] = make_hook(name, cases)
        elif name.startswith("each_"):
            for row in FOPS:
                own = row.name + name.removeprefix("each_fop").removeprefix("each")
                members[own] = make_method(own, cases, is_generic=True)
        else:
            members[name] = make_method(name, cases, is_generic=name.startswith("any_"))
    return type("xlator", (Translator,), members)


def make_hook(name, cases):
    [(_, steps)] = cases
    if name == "notify":
        return lambda self, event: say(self, steps, event=event)
    if name == "dump_state":
        return lambda self: {"count": self.count}
    if name == "load_state":
        return lambda self, state: setattr(self, "count", state["count"])
    if name.startswith("entry_"):
        return lambda self, loc: say(self, steps, name=loc.name, dir=loc.pargfid[-1])
    return lambda self: say(
        self,
        steps,
        volume=self.name,
        children=[child.name for child in self.children],
        type=self.child.type,
    )


def say(xl, steps, **values):
    for step in steps:
        if step.startswith("raise "):
            raise ValueError(step.removeprefix("raise "))
        xl.log.info("%s", fill(step.removeprefix("log "), values))


def make_method(name, cases, is_generic):
    """A method of a fop, a callback or a cancel method, by its name."""
    counts = any("last" in conditions for conditions, _ in cases)
    if name in ROWS or name == "any_fop":

        def fop(self, frame, *args):
            return Call(self, frame, args, is_generic).choose(cases)

        async def waiting_fop(self, frame, *args):
            return await Call(self, frame, args, is_generic).choose(cases)

        waits = any(step.split()[0] in WAITING for _, steps in cases for step in steps)
        return waiting_fop if waits else fop
    if name.endswith("_cancel"):
        return lambda self, frame: Call(self, frame, (), is_generic).choose(cases)

    def cbk(self, frame, op_ret, op_errno, *reply):
        if counts:
            local(frame).count += 1
        return Call(self, frame, reply, is_generic, op_ret, op_errno).choose(cases)

    return cbk


class Local:
    """The state of a request between a fop and its callbacks."""

    def __init__(self):
        self.name = None
        self.count = 0
        self.replies = []


def local(frame):
    if frame.local is None:
        frame.local = Local()
    return frame.local


class Call:
    """One run of a method. `values` are the arguments, or the reply's of a callback."""

    def __init__(self, xl, frame, values, is_generic, op_ret=None, op_errno=0):
        self.xl = xl
        self.frame = frame
        self.row = ROWS[frame.name]
        self.args = self.values = values
        self.is_generic = is_generic
        self.op_ret = op_ret
        self.op_errno = op_errno
        self.reply = self.failure = None

    # -- conditions

    def holds(self, condition):
        known = {
            "answered": lambda: self.frame.answered,
            "success": lambda: self.op_ret >= 0,
            "failed": lambda: self.op_ret < 0,
            "last": lambda: local(self.frame).count == len(self.xl.children),
            "more": lambda: self.frame.cookie is not self.xl.children[-1],
        }
        if condition in known:
            return known[condition]()
        return self.op_ret < 0 and self.op_errno == getattr(glupy, condition)

    def choose(self, cases):
        for conditions, steps in cases:
            if all(map(self.holds, conditions)):
                return self.carry_out(steps)

    # -- steps

    def carry_out(self, steps):
        for at, step in enumerate(steps):
            verb, *words = step.split(" ")
            if verb in WAITING:
                return self.carry_out_waiting(steps[at:])
            getattr(self, f"do_{verb}")(*words)

    async def carry_out_waiting(self, steps):
        for step in steps:
            verb, *words = step.split(" ")
            if verb == "return":
                return self.made_reply(*words)
            if verb == "sleep":
                await asyncio.sleep(int(words[0]) / 1000)
            elif verb in ("await", "try"):
                await self.await_reply(verb, *words)
            else:
                getattr(self, f"do_{verb}")(*words)

    async def await_reply(self, verb, how=None):
        try:
            if how == "stat":
                self.reply = await self.xl.child.stat(self.args[0])
            else:
                args = change(self.row.args, self.args) if how == "changed" else self.args
                self.reply = await getattr(self.xl.child, self.row.name)(*args)
            self.op_ret = self.reply.op_ret
        except OSError as error:
            if verb == "await":
                raise
            self.failure = error
            self.op_ret = -1

    def made_reply(self, how=None):
        parts = [arg.name for arg in self.row.reply]
        if self.failure is not None:
            raise self.failure
        if how == "changed":
            return self.reply.replace(**dict(zip(parts, change(self.row.reply, self.reply))))
        if how == "own":
            return dict(zip(parts, own_reply(self.row, self.args)))
        return self.reply

    def parts(self):
        return self.row.args if self.op_ret is None else self.row.reply

    def changed(self, how):
        return {"changed": change, "touched": touch}[how](self.parts(), self.values)

    def do_wind(self, how=None, *words):
        # Methods of every fop name their arguments.
        args = self.values if self.is_generic and self.op_ret is None else ()
        children = self.xl.children
        if how in ("changed", "touched"):
            self.frame.wind(*self.changed(how))
        elif how == "stat":
            self.frame.wind(self.values[0], None, fop="stat", cbk=getattr(self.xl, words[1]))
        elif how == "cookie":
            self.frame.wind(*args, cookie=" ".join(words))
        elif how == "to" and words[0] == "all":
            for child in children:
                self.frame.wind(*self.values, child=child)
        elif how == "to" and words[0] == "last":
            self.frame.wind(*self.values, child=children[-1])
        elif how == "to":
            next_one = words[0] == "next" and list(children).index(self.frame.cookie) + 1
            self.frame.wind(*args, child=children[next_one or int(words[0])])
        else:
            self.frame.wind(*args)

    def do_tail(self):
        self.frame.wind()

    def do_unwind(self, how=None, op_ret=0, errno=None):
        unwind = self.frame.unwind
        if how == "own":
            ret = own_ret(self.row, self.args) if op_ret == "3" else int(op_ret)
            unwind(ret, getattr(glupy, errno) if errno else 0, *own_reply(self.row, self.args))
        elif how == "worst":
            op_ret, op_errno, reply = min(local(self.frame).replies, key=lambda reply: reply[0])
            unwind(op_ret, op_errno, *reply)
        elif self.op_ret is None:
            unwind(int(how))
        else:
            unwind(self.op_ret, self.op_errno, *(self.changed(how) if how else self.values))

    def do_hold(self):
        local(self.frame).replies.append((self.op_ret, self.op_errno, self.values))

    def do_spin(self):
        while True:
            pass

    def do_fail(self, errno=None):
        if errno == "count":
            self.xl.count += 1
            return self.frame.fail(self.xl.count)
        self.frame.fail(getattr(glupy, errno) if errno else self.op_errno)

    def do_raise(self, *words):
        errno = getattr(glupy, words[0], None)
        raise ValueError(" ".join(words)) if errno is None else OSError(errno, "on purpose")

    def do_note(self):
        assert self.frame.local is None
        local(self.frame).name = self.values[0].name

    def do_keep(self):
        self.xl.kept = [*(self.xl.kept or []), self.frame]

    def do_release(self):
        for kept in self.xl.kept:
            kept.wind()
        self.xl.kept = None

    def do_describe(self):
        self.xl.log.info("%s", describe(self.parts(), self.values))

    def do_log(self, *words):
        self.xl.log.info("%s", fill(" ".join(words), Facts(self)))


def fill(text, facts):
    return re.sub(r"\{(\w+)\}", lambda match: str(facts[match[1]]), text)


class Facts:
    """The values that a line of the log may name."""

    def __init__(self, call):
        self.call = call

    def __getitem__(self, name):
        return getattr(self, name)(self.call)

    def fop(self, call):
        return call.frame.name

    def ret(self, call):
        return call.op_ret

    def cookie(self, call):
        return getattr(call.frame.cookie, "name", call.frame.cookie)

    def note(self, call):
        return call.frame.local.name

    def size(self, call):
        return next(iter(call.reply or call.values)).ia_size

    def uid(self, call):
        return call.frame.root.uid

    def who(self, call):
        root = call.frame.root
        who = [call.frame.name, root.uid, root.gid, root.pid, list(root.groups), root.lk_owner]
        return json.dumps([*who, root.op, root.unique > 0])

    def ups(self, call):
        return "".join("+" if child.up else "-" for child in call.xl.children)
