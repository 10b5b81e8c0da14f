"""The same with every fop answered without asking the child, where the names are changed on top."""

from hooks import xlator as hooks
from shapes import every, own_reply

own = every(fop=lambda row: lambda self, frame, *args: frame.unwind(0, 0, *own_reply(row, args)))
xlator = type("xlator", (hooks, own), {})
