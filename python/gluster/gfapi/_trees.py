"""Copies, removals and walks of libgfapi-python, with its quirks."""
import posixpath

from gluster.gfapi.exceptions import Error
from gluster.gfapi.utils import guard_methods, validate_mount

# Bytes of one read of a copy.
_PIECE_SIZE = 128 * 1024


@guard_methods(validate_mount)
class Trees:
    """The part of Volume that is made of its other calls."""

    # Whether the volume behaves as `os` and `shutil` do.
    conforms = False

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
