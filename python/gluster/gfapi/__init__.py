"""Volumes of GlusterFS and of glossa under the names of libgfapi-python.

    from gluster import gfapi

    volume = gfapi.Volume("server", "name")
    volume.mount()

It needs neither libgfapi nor a mount: `glossa api` serves the volume. `quirks=False` makes a volume that behaves as
`os` and `shutil` do, and `volfile=PATH` takes a volfile in place of a server.
"""
from gluster.gfapi.gfapi import Dir, DirEntry, File, Volume

__all__ = ["Dir", "DirEntry", "File", "Volume"]
__version__ = "1.2"
