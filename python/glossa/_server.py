"""Starts a server of `glossa api` for one Volume, or connects to one that runs."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple, Union

from ._arguments import StrPath
from ._operations import GREETING, LAST_PART, VERSION

# The command: a path, a name that is searched for, or a command line.
Command = Union[str, "os.PathLike[str]", Sequence[str]]


# Seconds that a server may take to end after its connection; it may still store data.
END_SECONDS = 60


def await_end(process: subprocess.Popen[bytes]) -> int:
    """Waits for the end of a server, and returns its status. One that does not end is killed."""
    try:
        return process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


class VolumeError(OSError):
    """A volume could not be opened."""


def refuse_inside() -> None:
    """@raises VolumeError inside a translator"""
    if sys.platform == "emscripten":
        raise VolumeError(
            "a translator has no sockets and processes: its volume is glossa.aio.Volume.below()"
        )


class Source(NamedTuple):
    """The origin of connections; a child process or an unpickled Volume makes its own from it."""

    name: str
    # Path of the socket of a server that runs.
    address: str | None
    # The command line of a server of its own, but for its socket.
    command: tuple[str, ...] = ()


def make_source(
    volfile: StrPath | None,
    host: str | Sequence[str] | None,
    volname: str | None,
    options: Iterable[str],
    log: StrPath | None,
    log_level: str | None,
    command: Command | None,
) -> Source:
    """@raises TypeError, ValueError, VolumeError inside a translator"""
    refuse_inside()
    if (volfile is None) == (host is None) or (host is None) != (volname is None):
        raise TypeError("a volume is opened by volfile=, or by host= and volname=")
    if volfile is not None:
        # A child may have another working directory.
        name: str = os.path.abspath(volfile)
        line = [name]
    else:
        hosts = [host] if isinstance(host, str) else list(host or ())
        if not hosts:
            raise ValueError("host names no server of volfiles")
        name = f"{hosts[0]}:/{volname}"
        line = [flag for each in hosts for flag in ("--volfile-server", each)]
        line += ["--volfile-id", str(volname)]
        if any(map(os.path.isabs, hosts)):
            line += ["--volfile-server-transport", "unix"]
    if isinstance(options, str):
        raise TypeError(f"options must be a list of 'VOLUME.OPTION=VALUE', not the str {options!r}")
    for option in options:
        line += ["--xlator-option", option]
    line += ["--log-file", os.devnull if log is None else os.path.abspath(log)]
    if log_level is not None:
        line += ["--log-level", log_level]
    return Source(name, None, (*find_command(command), "api", *line))


LENGTH = Struct(">I")

# A longer record is not of this protocol.
MAX_BYTES = 65_536

Greeting = dict[str, Any]


class Link(NamedTuple):
    """A socket to a server that has greeted, and the server's process if it is a child."""

    stream: socket.socket
    greeting: Greeting
    process: subprocess.Popen[bytes] | None

    def shut_down(self) -> None:
        try:
            self.stream.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The server was faster.
            pass

    def await_end(self) -> None:
        """Waits for the end of the server, if it is a child."""
        if self.process is not None:
            await_end(self.process)

    def leave_to_parent(self) -> None:
        """In a child after fork: both are the parent's."""
        self.stream.close()
        if self.process is not None:
            # Not a child of this process, so there is no status to wait for.
            self.process.returncode = 0


# The command of the checkout or npm package that this file lies in, unless pip installed it elsewhere.
OWN_COMMAND = Path(__file__).resolve().parents[2] / "dist/cli/main.cjs"


def is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def find_command(command: Command | None) -> tuple[str, ...]:
    """The command line of glossa. @raises FileNotFoundError"""
    if command is not None:
        return (os.fspath(command),) if isinstance(command, (str, os.PathLike)) else tuple(command)
    given = os.environ.get("GLOSSA")
    if given:
        return (given,)
    if is_executable(OWN_COMMAND):
        return (str(OWN_COMMAND),)
    found = shutil.which("glossa")
    if found is not None:
        return (found,)
    folder = Path.cwd()
    places = [parent / "node_modules/.bin/glossa" for parent in (folder, *folder.parents)]
    for place in places:
        if is_executable(place):
            return (str(place),)
    checkout = OWN_COMMAND.parents[2]
    if (checkout / "package.json").exists():
        raise FileNotFoundError(
            f"the checkout {checkout} has no command yet, and neither PATH nor node_modules here "
            f"has one. Build it: cd {shlex.quote(str(checkout))} && npm ci"
        )
    raise FileNotFoundError(
        "the command glossa was not found: the environment variable GLOSSA is not set; PATH "
        f"({os.environ.get('PATH', '')}) has no glossa; nor is there one of {places[0]} and the "
        "same in each directory above. Name it with Volume(..., command='/path/to/glossa')"
    )


def connect(source: Source) -> Link:
    """@raises VolumeError, OSError"""
    refuse_inside()
    if source.address is not None:
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            stream.connect(source.address)
        except OSError as error:
            stream.close()
            raise type(error)(error.errno, error.strerror, source.address) from None
        return _greet(stream, None, source)
    return _start(source)


def _start(source: Source) -> Link:
    ours, theirs = socket.socketpair()
    # The server's messages about a volume that it cannot open. A file takes them without being read.
    with theirs, tempfile.TemporaryFile() as messages:
        line = [*source.command, "--fd", str(theirs.fileno())]
        try:
            process = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=messages,
                pass_fds=(theirs.fileno(),),
                # Ctrl-C is for the program, which cancels its call.
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        theirs.close()
        try:
            return _greet(ours, process, source)
        except VolumeError as error:
            messages.seek(0)
            text = messages.read().decode("utf-8", "replace").strip()
            raise (VolumeError(f"cannot open {source.name}: {text}") if text else error) from None


def _greet(
    stream: socket.socket, process: subprocess.Popen[bytes] | None, source: Source
) -> Link:
    try:
        greeting = greet(stream)
        if "error" in greeting:
            raise VolumeError(f"cannot open {source.name}: {greeting['error']}")
        return Link(stream, greeting, process)
    except BaseException as error:
        stream.close()
        status = None if process is None else await_end(process)
        if isinstance(error, (ConnectionError, ValueError)):
            ended = "" if status is None else f" (the server ended with status {status})"
            raise VolumeError(f"cannot open {source.name}: {error}{ended}") from error
        raise


def greet(stream: socket.socket) -> Greeting:
    """Exchanges greetings with the server, and returns its record. @raises OSError"""
    own = GREETING + json.dumps({"client": f"python {platform.python_version()}"}).encode()
    stream.sendall(LENGTH.pack(len(own) | LAST_PART) + own)
    (length,) = LENGTH.unpack(_receive(stream, LENGTH.size))
    length -= LAST_PART
    if not len(GREETING) <= length <= MAX_BYTES:
        raise ConnectionError("the socket is not that of a server of 'glossa api'")
    message = _receive(stream, length)
    name, version = message[: len(GREETING) - 1], message[len(GREETING) - 1]
    if name != GREETING[:-1]:
        raise ConnectionError("the socket is not that of a server of 'glossa api'")
    record: Greeting = json.loads(message[len(GREETING) :])
    if type(record) is not dict:
        raise ConnectionError("the server's greeting is not an object of JSON")
    if version != VERSION and "error" not in record:
        raise ConnectionError(
            f"the server speaks version {version} of the protocol, this package version {VERSION}"
        )
    return record


def _receive(stream: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        part = stream.recv(size)
        if not part:
            raise ConnectionError("the server closed the connection before its greeting")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
