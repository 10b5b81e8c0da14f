"""libgfapi's structures, by the name of the module in which libgfapi-python has them. Its functions of C are not here."""
from gluster.gfapi._structures import Dirent, Stat, Statvfs

__all__ = ["Dirent", "Stat", "Statvfs"]
