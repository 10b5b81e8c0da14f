/**
 * `walk.py`, for test modules: walks all objects that Python code can reach, and names those that
 * belong to JavaScript or lead there.
 */
export const WALK = `import _abc, _imp, gc, sys, types, weakref

ROOTS = {"js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core", "_ctypes", "ctypes"}
PLAIN = str, bytes, int, float, complex, bool, type(None), type(...), type(NotImplemented)
PARTS = {
    types.FrameType: ("f_back", "f_builtins", "f_code", "f_globals", "f_locals"),
    types.TracebackType: ("tb_frame", "tb_next"),
    types.CodeType: ("co_consts",),
    types.GeneratorType: ("gi_frame", "gi_yieldfrom", "gi_code"),
    types.CoroutineType: ("cr_frame", "cr_await", "cr_code", "cr_origin"),
    types.AsyncGeneratorType: ("ag_frame", "ag_await", "ag_code"),
    types.FunctionType: ("__closure__", "__defaults__", "__kwdefaults__", "__code__", "__dict__"),
    types.BuiltinFunctionType: ("__self__",),
    types.MethodType: ("__self__", "__func__"),
    types.CellType: ("cell_contents",),
}


def _root(name):
    return name.partition(".")[0] in ROOTS if type(name) is str else False


def _is_foreign(o):
    kind = type(o)
    if _root(type.__getattribute__(kind, "__module__")) or kind.__name__.startswith(("Js", "Py2Js")):
        return True
    if isinstance(o, type):
        return _root(o.__module__) or o.__name__.startswith(("Js", "Py2Js"))
    if kind is types.ModuleType:
        return _root(vars(o).get("__name__"))
    if kind in (types.FunctionType, types.BuiltinFunctionType):
        return _root(o.__module__)
    return kind is types.CodeType and "pyodide" in o.co_filename


def _neighbours(o):
    found = gc.get_referents(o)
    kind = type(o)
    for name in PARTS.get(kind, ()):
        try: found.append(getattr(o, name))
        except (ValueError, AttributeError): pass
    if isinstance(o, BaseException):
        found += [o.__cause__, o.__context__, o.__traceback__]
    if isinstance(o, weakref.ReferenceType):
        found.append(o())
    if isinstance(o, type):
        found += type.__subclasses__(o) + gc.get_referents(o.__dict__) + list(o.__mro__)
        if "_abc_impl" in o.__dict__:
            found += [r for held in _abc._get_dump(o)[:3] for r in held]
    return found


def _label(o):
    name = o.__name__ if isinstance(o, (type, types.FunctionType, types.BuiltinFunctionType)) else ""
    return (type(o).__name__ + " " + name).strip()


def walk(*more):
    """What of JavaScript can be reached, each with the way there; and how many objects were seen."""
    gc.unfreeze()
    seen, via, found = {}, {}, []
    own = seen, via, found
    starts = [
        [sys.modules, sys._getframe(), *sys._current_frames().values(), sys.exception(), *more],
        [object, sys.meta_path, sys.path_hooks, sys.path_importer_cache, vars(sys)],
        gc.get_objects(),
    ]
    hidden = {id(o) for o in (own, *own, starts, *starts)}
    for start in starts:
        todo = [(o, None) for o in start]
        while todo:
            hidden.add(id(todo))
            fresh = []
            hidden.add(id(fresh))
            for o, before in todo:
                at = id(o)
                if at in seen or at in hidden or type(o) in PLAIN:
                    continue
                seen[at] = o
                via[at] = before
                if _is_foreign(o):
                    way = []
                    while at is not None:
                        way.append(_label(seen[at]))
                        at = via[at]
                    found.append(" < ".join(way))
                else:
                    fresh += [(n, at) for n in _neighbours(o)]
            todo = fresh
    return found, len(seen)
`;
