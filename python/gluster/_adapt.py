"""Adapts a translator for the original glupy, by the functions that it registers."""

import inspect

from glupy.translator import Translator as NewTranslator

from ._library import OPERATIONS, enter_cbk, enter_fop, registered
from .glupy import Translator


def adapt(make, place):
    """Makes glupy's class from a module's `xlator`, which registers its functions when called with
    the translator's number, as in the original."""
    if not callable(make):
        raise TypeError(f"{place}: xlator must be a class, or a function that makes the translator")
    old = make() if _takes_nothing(make) else make(registered.number)
    functions = registered.functions
    _register_methods(old, functions)
    warnings = []
    if not functions:
        warnings.append(_warning(make, place, _nothing(make)))
    for name in _strangers(make):
        text = f"{name} is not a name of an operation: it is never called"
        warnings.append(_warning(getattr(make, name), place, text))
    space = {"__doc__": make.__doc__, "_old": old, "_warnings": warnings}
    for name in "observes", "passes_through":
        space[name] = getattr(make, name, getattr(NewTranslator, name))
    for (name, kind), function in functions.items():
        method = (_fop if kind == "fop" else _cbk)(OPERATIONS[name], functions)
        method.__wrapped__ = function.function  # whose place is shown
        method.__signature__ = _ANY
        space[name if kind == "fop" else name + "_cbk"] = method
    registered.routed = frozenset(functions)
    return type("xlator", (NewTranslator,), space)


_ANY = inspect.signature(lambda self, frame, *args: None)


def _fop(operation, functions):
    key = operation.name, "fop"

    def fop(self, frame, *args):
        enter_fop(functions[key], self, frame, args)

    return fop


def _cbk(operation, functions):
    key = operation.name, "cbk"

    def cbk(self, frame, op_ret, op_errno, *reply):
        enter_cbk(functions[key], self, frame, op_ret, op_errno, reply)

    return cbk


def _takes_nothing(make):
    """True for a class without a constructor, made without the translator's number."""
    return isinstance(make, type) and make.__init__ is object.__init__


def _register_methods(old, functions):
    """Registers `<operation>_fop` and `<operation>_cbk` of an object whose class is no Translator,
    as glupy did on its first day; what was set by `dl.set_...` stays."""
    if isinstance(old, Translator):
        return
    for name, operation in OPERATIONS.items():
        for kind in ("fop", "cbk"):
            method = getattr(old, f"{name}_{kind}", None)
            if callable(method) and (name, kind) not in functions:
                registered.set(operation, kind, registered.number, method)


def _nothing(make):
    if isinstance(make, type) and issubclass(make, Translator) and "__init__" in vars(make):
        return "nothing is registered: does __init__ call Translator.__init__(self, c_this)?"
    for name in vars(make) if isinstance(make, type) else ():
        if name in OPERATIONS and callable(getattr(make, name)):
            text = f"here the method is {name}_fop(self, frame, this, ...)"
            return f"nothing is registered: {text}; for {name}(self, frame, ...), from glupy import *"
    return "nothing is registered: every operation passes"


def _strangers(make):
    """Methods with nearly the name of an operation."""
    if not (isinstance(make, type) and issubclass(make, Translator)):
        return []
    known = {f"{name}_{kind}" for name in OPERATIONS for kind in ("fop", "cbk")}
    names = (name for name in vars(make) if name.endswith(("_fop", "_cbk")))
    return sorted(name for name in names if name not in known and callable(getattr(make, name)))


def _warning(about, place, text):
    code = getattr(about, "__code__", None)
    name = getattr(about, "__name__", "-")
    line = code.co_firstlineno if code else getattr(about, "__firstlineno__", 1)
    return [place, line, name, text]
