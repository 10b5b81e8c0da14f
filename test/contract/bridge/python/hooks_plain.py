"""Logs created and removed names, with every fop defined and passed on."""

from hooks import xlator as hooks
from shapes import every

plain = every(fop=lambda row: lambda self, frame, *args: frame.wind())
xlator = type("xlator", (hooks, plain), {})
