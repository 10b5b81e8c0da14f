"""Logs created and removed names, with every fop an async def."""

from hooks import xlator as hooks
from late import xlator as late

xlator = type("xlator", (hooks, late), {})
