"""Logs created and removed names, with every fop and callback defined."""

from both import xlator as both
from hooks import xlator as hooks

xlator = type("xlator", (hooks, both), {})
