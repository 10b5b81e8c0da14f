"""Options that a module declares, checked by the host like those of any translator.

    options = {"timeout": Option.time(60, help="how long a miss is remembered")}

In the volfile: `option timeout 5m`. In the module: `self.options["timeout"]`, 300.
Types and units are GlusterFS's; an option without a default is None when it is not given. A default,
`min` and `max` may be written as in a volfile: `Option.size("1MB")` is 1048576.
"""

import sys


class Option(dict):
    """One option: what the volfile may say and what the module gets."""

    # (file, line) of the declaration.
    _place = None

    @classmethod
    def _make(cls, type, default, help, **more):
        made = cls(
            type=type,
            description=help,
            **({} if default is None else {"default": default}),
            **{key: value for key, value in more.items() if value is not None},
        )
        caller = sys._getframe(2)
        made._place = caller.f_code.co_filename, caller.f_lineno
        return made

    @classmethod
    def str(cls, default=None, *, values=None, help="", reconfigurable=False):
        """Text; one of `values` when they are given."""
        return cls._make("str", default, help, values=values, reconfigurable=reconfigurable)

    @classmethod
    def int(cls, default=None, *, min=None, max=None, help="", reconfigurable=False):
        """A whole number; 0x… and 0… are bases as in C."""
        return cls._make("int", default, help, min=min, max=max, reconfigurable=reconfigurable)

    @classmethod
    def float(cls, default=None, *, min=None, max=None, help="", reconfigurable=False):
        return cls._make("double", default, help, min=min, max=max, reconfigurable=reconfigurable)

    @classmethod
    def bool(cls, default=None, *, help="", reconfigurable=False):
        """on/off, yes/no, true/false, enable/disable, 1/0."""
        return cls._make("bool", default, help, reconfigurable=reconfigurable)

    @classmethod
    def size(cls, default=None, *, min=None, max=None, help="", reconfigurable=False):
        """Bytes; KB, MB, GB, TB, PB are powers of 1024."""
        return cls._make("sizet", default, help, min=min, max=max, reconfigurable=reconfigurable)

    @classmethod
    def time(cls, default=None, *, min=None, max=None, help="", reconfigurable=False):
        """Seconds; s, m, h, d, w and their long forms are units."""
        return cls._make("time", default, help, min=min, max=max, reconfigurable=reconfigurable)

    @classmethod
    def percent(cls, default=None, *, help="", reconfigurable=False):
        """0 to 100, with or without the sign."""
        return cls._make("percent", default, help, reconfigurable=reconfigurable)

    @classmethod
    def path(cls, default=None, *, help="", reconfigurable=False):
        """An absolute path."""
        return cls._make("path", default, help, reconfigurable=reconfigurable)
