"""Volume: a volume under the names of libgfapi-python, with its exceptions and quirks, over glossa."""
import errno
import os
import posixpath
import stat
import threading
import uuid

import glossa
from glossa._volume import LOG_LEVELS as _LEVELS
from gluster.gfapi._directory import Dir, DirEntry, list_raw
from gluster.gfapi._file import File, Handle
from gluster.gfapi._structures import Stat, Statvfs
from gluster.gfapi.exceptions import Error, LibgfapiException
from gluster.gfapi.utils import guard_methods, list_in_room, text_in_room, validate_mount

__all__ = ["Dir", "DirEntry", "File", "Volume"]

_PROTOCOLS = "tcp", "rdma", "unix"
# Bytes of one read of a copy.
_PIECE_SIZE = 128 * 1024
_NO_LOG = "/dev/null"
# The folder of the logs of GlusterFS's clients.
_LOG_FOLDER = "/var/log/glusterfs"

_MODES = {
    "r": os.O_RDONLY,
    "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
    "r+": os.O_RDWR,
    "w+": os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    "a+": os.O_RDWR | os.O_CREAT | os.O_APPEND,
}

# The identity of each thread: libgfapi's is not a volume's.
_thread = threading.local()


@guard_methods(validate_mount, "mount", "umount", "set_logging", "disable_logging", "setfsuid", "setfsgid")
class Volume:
    """A volume; `mount` connects to it. Made with `quirks=False`, it behaves as `os` and `shutil` do."""

    # Whether the volume behaves as `os` and `shutil` do.
    conforms = False
    # Parts of the identity of all calls. libgfapi applies no umask.
    _identity = {"umask": 0}

    def __new__(cls, *arguments, quirks=True, **options):
        if quirks or cls is not Volume:
            return super().__new__(cls)
        from gluster.gfapi._conforming import ConformingVolume
        return super().__new__(ConformingVolume)

    def __init__(self, hosts=None, volname=None, proto="tcp", port=24007, log_file=_NO_LOG, log_level=7, *,
                 quirks=True, volfile=None, command=None):
        """
        hosts: a server of volfiles, or a list of some, of which the first that replies counts; for the protocol
            unix, paths of sockets
        volfile: path of a volfile, in place of hosts and volname
        command: path of glossa, where neither $GLOSSA nor PATH names it
        """
        if volfile is None and (not hosts or not volname):
            raise LibgfapiException("Host and Volume name should not be None.")
        if volfile is not None and hosts is not None:
            raise LibgfapiException("Either hosts or a volfile names the volume, not both.")
        if proto not in _PROTOCOLS:
            raise LibgfapiException(f"Invalid protocol specified: must be one of {', '.join(_PROTOCOLS)}, not {proto!r}.")
        if not isinstance(port, int):
            raise LibgfapiException(f"Invalid port specified: must be an integer, not {port!r}.")
        self.hosts = [hosts] if isinstance(hosts, str) else list(hosts or ())
        self.volname = volname if volname is not None else os.fspath(volfile)
        self.protocol = proto
        self.port = port
        self.log_file = log_file
        self.log_level = log_level
        self.volfile = volfile
        self.volid = None
        self.fs = None
        self._command = command
        self._directory = "/"
        self._identities = {}

    # -- life cycle

    @property
    def mounted(self):
        return self.fs is not None

    def mount(self):
        """Connects to the volume; does nothing the second time."""
        if self.fs is not None:
            return
        log = {"log": self.log_file, "log_level": _name_level(self.log_level)}
        try:
            volume = glossa.Volume(**self._name_source(), **log, command=self._command)
        except (OSError, ValueError) as error:
            raise LibgfapiException(f"glfs_init({self.volname}) failed: {error}") from error
        self.fs = volume
        self._directory = "/"

    def _name_source(self):
        if self.volfile is not None:
            return {"volfile": self.volfile}
        is_socket = self.protocol == "unix"
        hosts = [host if is_socket or posixpath.isabs(host) else f"{host}:{self.port}" for host in self.hosts]
        return {"host": hosts, "volname": self.volname}

    def umount(self):
        """Closes the volume and its files; does nothing the second time."""
        fs, self.fs = self.fs, None
        self._identities = {}
        if fs is None:
            return
        try:
            fs.close()
        except OSError as error:
            raise LibgfapiException(f"glfs_fini({self.volname}) failed: {error}") from error

    def __del__(self):
        # Absent if the construction failed.
        fs = self.__dict__.get("fs")
        if fs is not None:
            fs.close()

    def set_logging(self, log_file, log_level):
        """Sets file and level (0 to 9) of the log; None is a file in the folder of GlusterFS's logs."""
        level = _name_level(log_level)
        if log_file is None:
            log_file = posixpath.join(_LOG_FOLDER, f"{self.volname}.log")
        if self.fs is not None:
            try:
                self.fs.set_log(None if log_file == _NO_LOG else log_file, level)
            except OSError as error:
                raise LibgfapiException(f"glfs_set_logging({log_file}) failed: {error}") from error
        self.log_file = log_file
        self.log_level = log_level

    def disable_logging(self):
        self.set_logging(_NO_LOG, self.log_level)

    def get_volume_id(self):
        """The id of the volume, a UUID as text, which a server of volfiles has given it."""
        if self.volid is None:
            self.volid = str(uuid.UUID(bytes=self.fs.volume_id()))
        return self.volid

    # -- identity, which has its effect on the calls of this thread

    def setfsuid(self, uid):
        self._set_identity(uid=uid)

    def setfsgid(self, gid):
        self._set_identity(gid=gid)

    def _set_identity(self, **ids):
        if any(not isinstance(value, int) or value < 0 for value in ids.values()):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        _thread.ids = {**_current_ids(), **ids}

    def _caller_ids(self):
        return _current_ids()

    @property
    def _fs(self):
        """The volume as the caller of this thread sees it."""
        identity = {**self._identity, **self._caller_ids()}
        key = tuple(identity.items())
        found = self._identities.get(key)
        if found is None:
            found = self.fs.with_identity(**identity) if identity else self.fs
            self._identities[key] = found
        return found

    # -- working directory

    def _at(self, path):
        """The path from the root of the volume."""
        path = os.fsdecode(path)
        return path if path.startswith("/") else posixpath.join(self._directory, path)

    def chdir(self, path):
        found = self._fs.stat(self._at(path))
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        self._directory = self._fs.realpath(self._at(path))

    def getcwd(self):
        return self._directory

    # -- attributes

    def access(self, path, mode):
        return self._fs.access(self._at(path), mode)

    def exists(self, path):
        return self._fs.exists(self._at(path))

    def isdir(self, path):
        return self._fs.isdir(self._at(path))

    def isfile(self, path):
        return self._fs.isfile(self._at(path))

    def islink(self, path):
        return self._fs.islink(self._at(path))

    def stat(self, path):
        return Stat.of(self._fs.stat(self._at(path)))

    def lstat(self, path):
        return Stat.of(self._fs.lstat(self._at(path)))

    def statvfs(self, path):
        return Statvfs.of(self._fs.statvfs(self._at(path)))

    def getatime(self, path):
        return self.stat(path).st_atime

    def getmtime(self, path):
        return self.stat(path).st_mtime

    def getctime(self, path):
        return self.stat(path).st_ctime

    def getsize(self, path):
        return self.stat(path).st_size

    def samefile(self, path1, path2):
        return self._fs.samefile(self._at(path1), self._at(path2))

    def chmod(self, path, mode):
        self._fs.chmod(self._at(path), mode)

    def chown(self, path, uid, gid):
        self._fs.chown(self._at(path), uid, gid)

    def utime(self, path, times):
        """times: a pair of seconds, access and modification; None is now"""
        self._fs.utime(self._at(path), times)

    def getxattr(self, path, key, size=0):
        return text_in_room(lambda: self._fs.getxattr(self._at(path), key), size)

    def listxattr(self, path, size=0):
        return list_in_room(lambda: self._fs.listxattr(self._at(path)), size)

    def setxattr(self, path, key, value, flags=0):
        """flags: 1 if the attribute must be new, 2 if it must exist"""
        self._fs.setxattr(self._at(path), key, os.fsencode(value), flags)

    def removexattr(self, path, key):
        self._fs.removexattr(self._at(path), key)

    # -- names

    def mkdir(self, path, mode=0o777):
        self._fs.mkdir(self._at(path), mode)

    def makedirs(self, path, mode=0o777):
        self._fs.makedirs(self._at(path), mode)

    def mknod(self, path, mode, dev):
        self._fs.mknod(self._at(path), mode, dev)

    def unlink(self, path):
        self._fs.unlink(self._at(path))

    def remove(self, path):
        self.unlink(path)

    def rmdir(self, path):
        self._fs.rmdir(self._at(path))

    def rename(self, src, dst):
        self._fs.rename(self._at(src), self._at(dst))

    def link(self, source, link_name):
        self._fs.link(self._at(source), self._at(link_name))

    def symlink(self, source, link_name):
        self._fs.symlink(source, self._at(link_name))

    def readlink(self, path):
        return self._fs.readlink(self._at(path))

    # -- directories

    def listdir(self, path):
        return self._fs.listdir(self._at(path))

    def listdir_with_stat(self, path):
        """Pairs of a name and its attributes, which come with the listing."""
        with self._fs.scandir(self._at(path)) as entries:
            return [(entry.name, Stat.of(entry.stat(follow_symlinks=False))) for entry in entries]

    def scandir(self, path):
        """The entries of a directory. An absent one is an error at the first step."""
        with self._fs.scandir(self._at(path)) as entries:
            for entry in entries:
                yield DirEntry(self, os.fsdecode(path), entry.name, Stat.of(entry.stat(follow_symlinks=False)))

    def opendir(self, path, readdirplus=False):
        at = self._at(path)
        return Dir(list_raw(self._fs, at, self._fs.scandir(at)), readdirplus)

    # -- files

    def open(self, path, flags, mode=0o777):
        """The raw handle of a file, for `File`."""
        if not isinstance(flags, int):
            raise TypeError(f"flags must be an integer, not {type(flags).__name__}")
        return Handle(self._fs.open_raw(self._at(path), flags, mode), self.conforms)

    def fopen(self, path, mode="r"):
        """An unbuffered file of bytes, with or without a `b` in the mode."""
        if not isinstance(mode, str):
            raise TypeError(f"Mode must be a string, not {type(mode).__name__}")
        flags = _MODES.get(mode.replace("b", "", 1))
        if flags is None:
            raise ValueError(f"Invalid mode: {mode!r}")
        return File(self.open(path, flags, 0o666), path=path, mode=mode)

    # -- copies

    @classmethod
    def copyfileobj(cls, fsrc, fdst, length=_PIECE_SIZE):
        """Copies from the position of a file to its end."""
        while True:
            data = fsrc.read(length)
            if not data:
                return
            view = memoryview(data)
            while view:
                view = view[fdst.write(view):]

    def copyfile(self, src, dst):
        """Copies the data. @raises Error if both are the same file"""
        if self.exists(dst) and self.samefile(src, dst):
            raise Error(f"`{src}` and `{dst}` are the same file")
        self._fs.copyfile(self._at(src), self._at(dst))

    def copymode(self, src, dst):
        self._fs.copymode(self._at(src), self._at(dst))

    def copystat(self, src, dst):
        """Copies mode and times."""
        self._fs.copystat(self._at(src), self._at(dst))

    def copy(self, src, dst):
        """Copies data and mode; into `dst` if that is a directory."""
        self._copy_with(self.copymode, src, dst)

    def copy2(self, src, dst):
        """Copies data, mode and times."""
        self._copy_with(self.copystat, src, dst)

    def _copy_with(self, finish, src, dst):
        if self.isdir(dst):
            dst = posixpath.join(dst, posixpath.basename(src))
        self.copyfile(src, dst)
        finish(src, dst)

    def copytree(self, src, dst, symlinks=False, ignore=None):
        """
        Copies a tree to a path that is absent.

        ignore: called with `src` and its names once, not for the directories in it; returns those to leave out
        @raises Error with (source, target, reason) of all that failed
        """
        entries = list(self.scandir(src))
        left_out = set() if ignore is None else set(ignore(src, [entry.name for entry in entries]))
        self.makedirs(dst)
        failures = []
        for entry in entries:
            if entry.name in left_out:
                continue
            target = posixpath.join(dst, entry.name)
            try:
                if symlinks and entry.is_symlink():
                    self.symlink(self.readlink(entry.path), target)
                elif entry.is_dir(follow_symlinks=True):
                    self.copytree(entry.path, target, symlinks)
                else:
                    self.copy2(entry.path, target)
            except Error as error:
                failures.extend(error.args[0])
            except OSError as error:
                failures.append((entry.path, target, str(error)))
        try:
            self.copystat(src, dst)
        except OSError as error:
            failures.append((src, dst, str(error)))
        if failures:
            raise Error(failures)

    # -- removal

    def rmtree(self, path, ignore_errors=False, onerror=None):
        """
        Removes a directory and all in it.

        onerror: called with the failed function, its path, and the exception; the removal then goes on
        """
        def fail(function, at, error):
            if onerror is not None:
                onerror(function, at, error)
            elif not ignore_errors:
                raise error
        if self.islink(path):
            return fail(self.islink, path, OSError("Cannot call rmtree on a symbolic link"))
        try:
            entries = list(self.scandir(path))
        except OSError as error:
            fail(self.scandir, path, error)
            entries = []
        for entry in entries:
            if entry.is_dir():
                self.rmtree(entry.path, ignore_errors, onerror)
                continue
            try:
                self.unlink(entry.path)
            except OSError as error:
                fail(self.unlink, entry.path, error)
        # The root of the volume stays.
        if posixpath.normpath(self._at(path)) == "/":
            return None
        try:
            self.rmdir(path)
        except OSError as error:
            fail(self.rmdir, path, error)
        return None

    # -- walks

    def walk(self, top, topdown=True, onerror=None, followlinks=False):
        """
        (directory, its directories, its files) of each directory of a tree; the lists are copies.

        A symbolic link to a directory is among the files unless links are followed.
        """
        directories, files = [], []
        try:
            for entry in self.scandir(top):
                (directories if entry.is_dir(follow_symlinks=followlinks) else files).append(entry.name)
        except OSError as error:
            if onerror is not None:
                onerror(error)
            return
        if topdown:
            yield top, list(directories), files
        for name in directories:
            yield from self.walk(posixpath.join(top, name), topdown, onerror, followlinks)
        if not topdown:
            yield top, list(directories), files


def _name_level(number):
    if not isinstance(number, int) or not 0 <= number < len(_LEVELS):
        raise LibgfapiException(f"glfs_set_logging failed: the level must be from 0 to 9, not {number!r}")
    return _LEVELS[number]


def _current_ids():
    return getattr(_thread, "ids", {})
