"""glossa: the files of a volume for a program, without a mount.

    from glossa import Volume

    with Volume("data.vol") as volume:
        volume.makedirs("/reports", exist_ok=True)
        with volume.open("/reports/today.txt", "w") as file:
            file.write("all is well\\n")
        print(volume.listdir("/reports"))
"""

try:
    from . import _operations as _operations
except ImportError:
    # A checkout gets this module from the project's tables.
    from pathlib import Path

    checkout = Path(__file__).parents[2]
    raise ImportError(f"the checkout {checkout} is not built: run npm ci in it") from None

from ._directory import DirEntry
from ._file import File
from ._path import VolumePath
from ._server import VolumeError
from ._volume import Volume

__all__ = ["DirEntry", "File", "Volume", "VolumeError", "VolumePath"]

# Messages and pickles name the package, whose modules may change.
for _class in (DirEntry, File, Volume, VolumeError, VolumePath):
    _class.__module__ = __name__
