"""Exceptions of gluster.gfapi. Failed file operations raise OSError."""


class LibgfapiException(Exception):
    """A constructor's arguments are wrong, or a mount, an unmount or a change of the log has failed."""


class VolumeNotMounted(LibgfapiException):
    """A volume is used before `mount` or after `umount`."""

    def __init__(self, volume):
        super().__init__(f'Volume "{volume}" not mounted.')


class Error(EnvironmentError):
    """Copies that failed: of a file onto itself, or a list of (source, target, reason) of a tree."""
