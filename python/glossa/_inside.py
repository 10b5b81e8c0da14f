"""The package inside a translator, in place of `__init__`: `glossa.aio` alone, as a thread that waits would stop
the volume.
"""

_OUTSIDE = ("DirEntry", "File", "Volume", "VolumeError", "VolumePath")


def __getattr__(name: str) -> None:
    if name in _OUTSIDE:
        raise ImportError(f"inside a translator, import {name} from glossa.aio: a call is awaited there")
    raise AttributeError(f"module 'glossa' has no attribute {name!r}")
