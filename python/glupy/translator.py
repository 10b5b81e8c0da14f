"""The base class of every translator."""

import _host

from ._invalidate import invalidate
from ._timer import Timer


class Translator:
    """Derive `class xlator(Translator)` in your module and define what you care about.

    <fop>(self, frame, ...)               takes the place of the fop; answer by frame.wind,
                                          frame.unwind or frame.fail
    <fop>_cbk(self, frame, op_ret, op_errno, ...)
                                          sees the reply of a wound fop
    <fop>_cancel(self, frame)             the caller has given up: answer now, or let it come
    async def <fop>(self, frame, ...)     the same without callbacks: await self.child.<fop>(...),
                                          return the reply; an OSError is the request's errno;
                                          CancelledError at the await when the caller gives up
    any_fop(self, frame, *args), any_cbk(self, frame, op_ret, op_errno, *reply),
    any_cancel(self, frame)               for every fop without one of its own; frame.name says
                                          which it is
    entry_created(self, loc)              told after every fop that made a name
    entry_removed(self, loc)              told after every fop that took one away
    init(self), fini(self)                the volume starts, ends
    notify(self, event, child)            CHILD_UP, CHILD_DOWN, PARENT_UP, ..., and the child that it
                                          is about, or None; (self, event) will do
    client_disconnect(self, client)       a client is going: what it has is to be released
    reconfigure(self, options)            the volume's options have changed
    statedump(self)                       returns a dict of numbers and texts by name
    dump_state(self), load_state(self, state)
                                          what the code before a reload hands to the code after it;
                                          anything that JSON can say

    name, type: the volume's.
    children: the subvolumes, each a Child; child: the first of them, None without subvolumes.
    options: of the class, what the volfile may set (see Option); of an instance, the values.
    log: a logging.Logger that ends in the volume's log.
    passes_through: of the class; whether fops that it does not define go to the first of several
        subvolumes. Otherwise they are EOPNOTSUPP; False says that this is meant.
    observes: of the class; True says that its readv and writev only look on, or that it defines all
        ways to a file's data itself. Otherwise copies come as reads and writes, files have no holes,
        lookups bring no content along, and fallocate, zerofill, discard, rchecksum and put that it does
        not define are EOPNOTSUPP.
    """

    options = {}
    observes = False
    passes_through = None
    name = ""
    type = "features/glupy"
    children = ()
    child = None
    log = None

    def init(self):
        """Called once before the first request; raise to refuse the start."""

    def fini(self):
        """Called once after the last request."""

    def reconfigure(self, options):
        """Called when options of the volume have changed; `self.options` has the new ones."""

    def invalidate(self, what=None, name=None, *, data=True, expire=False, removed=None):
        """Takes back what the kernel, and caches above, were told they may cache.

        invalidate(parent, name)  what the name leads to, or that it is not there; a loc with a name
                                  says the same
        invalidate(inode)         the attributes and the data of an inode; the data stays with
                                  data=False
        invalidate()              what every name leads to, or that it is not there

        parent and inode are an Inode, a gfid or an Fd. expire=True only has the name asked for
        again, where programs are at work below it; removed=inode says that the name, which led to
        that inode, was removed, and lets those hear of it who watch the file.

        It takes effect when the method has returned, and after the answers to all requests that are
        under way now: forget first what you keep yourself.
        """
        invalidate(what, name, data, expire, removed)

    def say_up(self, up=True):
        """From now on the module says whether its volume is up, and no longer its children.

        A volume is up while all of its children are, unless this has been called: with False in
        `init`, and with True when the module can serve. A mount waits until its top is up.
        """
        _host.up(1 if up else 0)

    def timer(self, seconds, fn, *args, repeat=False):
        """Calls fn(*args) in so many seconds, or every so many; fn may be an `async def`.

        Returns a handle whose `cancel()` takes it back. What fn raises is logged.
        """
        return Timer(seconds, fn, args, repeat)
