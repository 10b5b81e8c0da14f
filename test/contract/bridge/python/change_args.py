"""Exchanges every argument for a changed one, and does not ask for the reply."""

from shapes import change, every

xlator = every(fop=lambda row: lambda self, frame, *args: frame.wind(*change(row.args, args)))
