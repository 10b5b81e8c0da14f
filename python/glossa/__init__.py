"""glossa: the files of a volume for a program, without a mount.

    from glossa import Volume

    with Volume("data.vol") as volume:
        volume.makedirs("/reports", exist_ok=True)
        with volume.open("/reports/today.txt", "w") as file:
            file.write("all is well\\n")
        print(volume.listdir("/reports"))
"""

import importlib.util as _util
from pathlib import Path as _Path

# A checkout gets this module from its tables.
if _util.find_spec("._operations", __name__) is None:
    raise ImportError(f"the checkout {_Path(__file__).parents[2]} is not built: run npm ci in it")

from ._directory import DirEntry
from ._file import File
from ._path import VolumePath
from ._server import VolumeError
from ._volume import Volume

__all__ = ["DirEntry", "File", "Volume", "VolumeError", "VolumePath"]

# Messages and pickles name the package, whose modules may change.
for _class in (DirEntry, File, Volume, VolumeError, VolumePath):
    _class.__module__ = __name__
