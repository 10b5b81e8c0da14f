"""The base class of every translator."""


class Translator:
    """Derive `class xlator(Translator)` in your module and define what you care about.

    <fop>(self, frame, ...)               takes the place of the fop; answer by frame.wind,
                                          frame.unwind or frame.fail
    <fop>_cbk(self, frame, op_ret, op_errno, ...)
                                          sees the reply of a wound fop
    async def <fop>(self, frame, ...)     the same without callbacks: await self.child.<fop>(...),
                                          return the reply; an OSError is the request's errno
    entry_created(self, loc)              told after every fop that made a name
    entry_removed(self, loc)              told after every fop that took one away
    init(self), fini(self)                the volume starts, ends
    notify(self, event)                   CHILD_UP, CHILD_DOWN, PARENT_UP, ...

    name, type: the volume's.
    children: the subvolumes, each a Child; child: the first of them, None if there is none.
    options: of the class, what the volfile may set (see Option); of an instance, the values.
    log: a logging.Logger that ends in the volume's log.
    """

    options = {}
    name = ""
    type = "features/glupy"
    children = ()
    child = None
    log = None

    def init(self):
        """Called once before the first request; raise to refuse the start."""

    def fini(self):
        """Called once after the last request."""
