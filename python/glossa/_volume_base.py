"""The part of a volume that threads and asyncio share: where it is, its connector, and its caller."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._arguments import StrPath
from ._connector import ConnectorBase
from ._identity import Identity, make_identity
from ._server import Command, Source, make_source
from ._shapes import Method, QuestionMethod, Shaped
from ._tree_calls import TreeCalls

if TYPE_CHECKING:
    from typing_extensions import Self

C = TypeVar("C", bound=ConnectorBase[Any])


class VolumeBase(Shaped, Generic[C]):
    """A volume without the operations that connect or list."""

    _make_connector: Callable[[Source, bool], C]
    _calls = TreeCalls()

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

    stat = Method(TreeCalls.stat)
    lstat = Method(TreeCalls.lstat)
    gfid = Method(TreeCalls.gfid)
    access = QuestionMethod(TreeCalls.access)
    exists = QuestionMethod(TreeCalls.exists)
    lexists = QuestionMethod(TreeCalls.lexists)
    isfile = QuestionMethod(TreeCalls.isfile)
    isdir = QuestionMethod(TreeCalls.isdir)
    islink = QuestionMethod(TreeCalls.islink)
    getsize = Method(TreeCalls.getsize)
    getatime = Method(TreeCalls.getatime)
    getmtime = Method(TreeCalls.getmtime)
    getctime = Method(TreeCalls.getctime)
    samefile = QuestionMethod(TreeCalls.samefile)
    chmod = Method(TreeCalls.chmod)
    chown = Method(TreeCalls.chown)
    lchown = Method(TreeCalls.lchown)
    utime = Method(TreeCalls.utime)
    truncate = Method(TreeCalls.truncate)
    statvfs = Method(TreeCalls.statvfs)
    getxattr = Method(TreeCalls.getxattr)
    listxattr = Method(TreeCalls.listxattr)
    setxattr = Method(TreeCalls.setxattr)
    removexattr = Method(TreeCalls.removexattr)

    # -- names -------------------------------------------------------------------------------------

    mkdir = Method(TreeCalls.mkdir)
    makedirs = Method(TreeCalls.makedirs)
    mknod = Method(TreeCalls.mknod)
    mkfifo = Method(TreeCalls.mkfifo)
    rmdir = Method(TreeCalls.rmdir)
    remove = Method(TreeCalls.remove)
    unlink = Method(TreeCalls.unlink)
    rename = Method(TreeCalls.rename)
    replace = Method(TreeCalls.replace)
    link = Method(TreeCalls.link)
    symlink = Method(TreeCalls.symlink)
    readlink = Method(TreeCalls.readlink)
    realpath = Method(TreeCalls.realpath)
    listdir = Method(TreeCalls.listdir)

    # -- data and trees ----------------------------------------------------------------------------

    read_bytes = Method(TreeCalls.read_bytes)
    write_bytes = Method(TreeCalls.write_bytes)
    read_text = Method(TreeCalls.read_text)
    write_text = Method(TreeCalls.write_text)
    copyfile = Method(TreeCalls.copyfile)
    copymode = Method(TreeCalls.copymode)
    copystat = Method(TreeCalls.copystat)
    copy = Method(TreeCalls.copy)
    copy2 = Method(TreeCalls.copy2)
    copytree = Method(TreeCalls.copytree)
    rmtree = Method(TreeCalls.rmtree)
    move = Method(TreeCalls.move)
