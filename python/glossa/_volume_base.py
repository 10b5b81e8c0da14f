"""The part of a volume that threads and asyncio share: where it is, its connector, and its caller."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._arguments import StrPath
from ._calls import VolumeCalls
from ._connector import ConnectorBase
from ._identity import Identity, make_identity
from ._server import Command, Source, make_source
from ._shapes import Method, QuestionMethod, Shaped

if TYPE_CHECKING:
    from typing_extensions import Self

C = TypeVar("C", bound=ConnectorBase[Any])


class VolumeBase(Shaped, Generic[C]):
    """A volume without the operations that connect or list."""

    _make_connector: Callable[[Source, bool], C]
    _calls = VolumeCalls()

    def __init__(
        self,
        volfile: StrPath | None = None,
        *,
        host: str | Sequence[str] | None = None,
        volname: str | None = None,
        options: Iterable[str] = (),
        log: StrPath | None = None,
        log_level: str | None = None,
        command: Command | None = None,
        reconnect: bool = False,
    ) -> None:
        """
        volfile: path of a volfile; or host, volname: a volume of a server of volfiles
        options: in place of those of the volfile: `VOLUME.OPTION=VALUE`
        log, log_level: file of the log, and its least serious level
        command: path of glossa; otherwise $GLOSSA, or that of PATH or of node_modules
        reconnect: whether a call after the end of the server starts another one
        """
        source = make_source(volfile, host, volname, options, log, log_level, command)
        self._attach(source, reconnect)
        self._begin()

    @classmethod
    def connect(cls, address: StrPath, *, reconnect: bool = False) -> Self:
        """The volume of a server that runs. @param address: path of its socket"""
        volume = cls.__new__(cls)
        volume._attach(Source(os.fspath(address), os.fspath(address)), reconnect)
        volume._begin()
        return volume

    def _attach(self, source: Source, reconnects: bool) -> None:
        self._connector: C = type(self)._make_connector(source, reconnects)
        self._identity: Identity | None = None
        self._owns_connector = True

    def _begin(self) -> None:
        """Runs when a volume has been made with its arguments."""

    def with_identity(
        self,
        *,
        uid: int | None = None,
        gid: int | None = None,
        groups: Iterable[int] | None = None,
        umask: int | None = None,
        lock_owner: bytes | None = None,
    ) -> Self:
        """The same volume for another caller. It needs no close."""
        base = self._identity or Identity()
        identity = make_identity(base, uid, gid, groups, umask, lock_owner)
        return self._share(self._connector, identity)

    @classmethod
    def _share(cls, connector: C, identity: Identity | None) -> Self:
        volume = cls.__new__(cls)
        volume._connector = connector
        volume._identity = identity
        volume._owns_connector = False
        return volume

    def is_same(self, other: VolumeBase[Any]) -> bool:
        """Whether both are one volume, perhaps for different callers."""
        return self._connector is other._connector

    @property
    def closed(self) -> bool:
        return self._connector.is_closed

    def __del__(self) -> None:
        # Of an object whose construction failed, there is no connector.
        if not self.__dict__.get("_owns_connector", False) or self._connector.is_unused:
            return
        try:
            warnings.warn(f"unclosed volume {self!r}", ResourceWarning, stacklevel=2, source=self)
        finally:
            self._connector.close()

    def __repr__(self) -> str:
        state = " [closed]" if self.closed else ""
        return f"<{type(self).__module__}.Volume {self._connector.source.name!r}{state}>"

    # -- attributes --------------------------------------------------------------------------------

    stat = Method(VolumeCalls.stat)
    lstat = Method(VolumeCalls.lstat)
    gfid = Method(VolumeCalls.gfid)
    access = QuestionMethod(VolumeCalls.access)
    exists = QuestionMethod(VolumeCalls.exists)
    lexists = QuestionMethod(VolumeCalls.lexists)
    isfile = QuestionMethod(VolumeCalls.isfile)
    isdir = QuestionMethod(VolumeCalls.isdir)
    islink = QuestionMethod(VolumeCalls.islink)
    getsize = Method(VolumeCalls.getsize)
    getatime = Method(VolumeCalls.getatime)
    getmtime = Method(VolumeCalls.getmtime)
    getctime = Method(VolumeCalls.getctime)
    samefile = QuestionMethod(VolumeCalls.samefile)
    chmod = Method(VolumeCalls.chmod)
    chown = Method(VolumeCalls.chown)
    lchown = Method(VolumeCalls.lchown)
    utime = Method(VolumeCalls.utime)
    truncate = Method(VolumeCalls.truncate)
    statvfs = Method(VolumeCalls.statvfs)
    getxattr = Method(VolumeCalls.getxattr)
    listxattr = Method(VolumeCalls.listxattr)
    setxattr = Method(VolumeCalls.setxattr)
    removexattr = Method(VolumeCalls.removexattr)

    # -- names -------------------------------------------------------------------------------------

    mkdir = Method(VolumeCalls.mkdir)
    makedirs = Method(VolumeCalls.makedirs)
    mknod = Method(VolumeCalls.mknod)
    mkfifo = Method(VolumeCalls.mkfifo)
    rmdir = Method(VolumeCalls.rmdir)
    remove = Method(VolumeCalls.remove)
    unlink = Method(VolumeCalls.unlink)
    rename = Method(VolumeCalls.rename)
    replace = Method(VolumeCalls.replace)
    link = Method(VolumeCalls.link)
    symlink = Method(VolumeCalls.symlink)
    readlink = Method(VolumeCalls.readlink)
    realpath = Method(VolumeCalls.realpath)
    listdir = Method(VolumeCalls.listdir)

    # -- data and trees ----------------------------------------------------------------------------

    read_bytes = Method(VolumeCalls.read_bytes)
    write_bytes = Method(VolumeCalls.write_bytes)
    read_text = Method(VolumeCalls.read_text)
    write_text = Method(VolumeCalls.write_text)
    copyfile = Method(VolumeCalls.copyfile)
    copymode = Method(VolumeCalls.copymode)
    copystat = Method(VolumeCalls.copystat)
    copy = Method(VolumeCalls.copy)
    copy2 = Method(VolumeCalls.copy2)
    copytree = Method(VolumeCalls.copytree)
    rmtree = Method(VolumeCalls.rmtree)
    move = Method(VolumeCalls.move)
