"""In a translator, names for modules of the original glupy; elsewhere, `gluster.gfapi` beside other packages' modules."""

try:
    import _glossa  # noqa: F401
except ModuleNotFoundError:
    # Other parts of the package are in other folders, such as those of GlusterFS's own programs.
    from pkgutil import extend_path

    __path__ = extend_path(__path__, __name__)
else:
    from ._names import *  # noqa: F403
    from ._names import __all__, _adapt  # noqa: F401
