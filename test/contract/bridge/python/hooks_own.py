"""Logs created and removed names, and answers every fop without its child."""

from hooks import xlator as hooks
from shapes import every, own_reply

own = every(fop=lambda row: lambda self, frame, *args: frame.unwind(0, 0, *own_reply(row, args)))
xlator = type("xlator", (hooks, own), {})
