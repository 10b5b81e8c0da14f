"""Checks a volume through libgfapi: what its programs ask of bricks and of a volfile server, and a mount does not.

    gfapi-checks.py VOLUME HOST PORT SOCKET LOG

VOLUME is the name of an empty volume at the volfile server, which is asked by HOST and PORT, and by SOCKET.
It prints one line of JSON: the result of each check by its name, "ok" or the failure. A check is a function that
gets a directory of its own, and fails by an exception. test/conformance compares the same bricks through a mount.
"""
import contextlib
import errno
import json
import os
import stat
import sys
import traceback

import gfapi

name, host, port, socket, log = sys.argv[1:]
RDWR = os.O_RDWR
SECOND = 10 ** 9


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r:.200}, not {wanted!r:.200}")


@contextlib.contextmanager
def refused(number):
    """Checks that the block fails with this errno."""
    try:
        yield
    except OSError as error:
        same(errno.errorcode.get(error.errno), errno.errorcode[number])
        return
    raise AssertionError("it was not refused")


def mounted(transport, where, at, volume=name):
    made = gfapi.Volume(volume, log)
    made.set_server(transport, where, at)
    return made, made.init()


volume, failed = mounted("tcp", host, int(port))
if failed:
    sys.exit(f"glfs_init: {os.strerror(failed)}")


def put(path, data=b""):
    file = volume.creat(path, RDWR | os.O_EXCL)
    if data:
        same(file.write(data), len(data))
    return file


def content(path):
    file = volume.open(path)
    parts = list(iter(lambda: file.read(1 << 17), b""))
    file.close()
    return b"".join(parts)


def data_is_written_appended_truncated_and_read(at):
    data = bytes(range(256)) * 3000
    put(f"{at}/f", data).close()
    same(content(f"{at}/f"), data)
    with refused(errno.EEXIST):
        volume.creat(f"{at}/f", RDWR | os.O_EXCL)
    file = volume.open(f"{at}/f", RDWR | os.O_APPEND)
    file.write(b"end")
    same(content(f"{at}/f")[-4:], b"\xffend")
    file.ftruncate(5)
    file.fsync()
    same([file.fstat().size, content(f"{at}/f")], [5, data[:5]])
    file.close()
    volume.creat(f"{at}/f", RDWR | os.O_TRUNC).close()
    same(volume.stat(f"{at}/f").size, 0)


def fallocate_discard_and_zerofill_make_zeros(at):
    file = put(f"{at}/f", b"0123456789")
    file.discard(3, 2)
    file.zerofill(6, 2)
    file.fallocate(1, 10, 10)
    same(content(f"{at}/f"), b"012\0\x005\0\x0089")
    file.fallocate(0, 10, 2)
    same(file.fstat().size, 12)
    file.close()


def a_removed_file_is_read_and_written_through_its_descriptor(at):
    file = put(f"{at}/f", b"text")
    volume.unlink(f"{at}/f")
    same(file.write(b" more"), 5)
    copy = file.dup()
    file.close()
    same([copy.lseek(0, os.SEEK_SET), copy.read(99)], [0, b"text more"])
    copy.close()


def attributes_are_set_by_path_and_by_file(at):
    file = put(f"{at}/f")
    times = SECOND + 1, 2 * SECOND - 1
    volume.chmod(f"{at}/f", 0o711)
    volume.chown(f"{at}/f", 12, 34)
    same([stat.S_IMODE(file.fstat().mode), *file.fstat()[4:6]], [0o711, 12, 34])
    file.fchown(0, 5)
    file.fchmod(0o640)
    volume.utimens(f"{at}/f", *times)
    found = volume.stat(f"{at}/f")
    same([stat.S_IMODE(found.mode), *found[4:6], *found[-2:]], [0o640, 0, 5, *times])
    file.close()


def extended_attributes_are_made_read_listed_and_removed_by_path_and_by_file(at):
    file = put(f"{at}/f")
    path = f"{at}/f"
    for target, arguments in (volume, [path]), (file, []):
        target.setxattr(*arguments, b"user.a", b"\0value\0", os.XATTR_CREATE)
        with refused(errno.EEXIST):
            target.setxattr(*arguments, b"user.a", b"2", os.XATTR_CREATE)
        same(target.getxattr(*arguments, b"user.a"), b"\0value\0")
        with refused(errno.ERANGE):
            target.getxattr(*arguments, b"user.a", 6)
        # Those of bricks are among them, which need not have the same.
        same(b"user.a" in target.listxattr(*arguments).split(b"\0"), True)
        target.removexattr(*arguments, b"user.a")
        with refused(errno.ENODATA):
            target.getxattr(*arguments, b"user.a")
    file.close()


def names_on_either_brick_are_renamed_over_others(at):
    for number in range(10):
        put(f"{at}/f{number}", b"%d" % number).close()
        put(f"{at}/there{number}", b"other").close()
        volume.rename(f"{at}/f{number}", f"{at}/there{number}")
        same(content(f"{at}/there{number}"), b"%d" % number)
    same([entry.name for entry in volume.entries(at)], [f"there{n}" for n in range(10)])


def a_long_listing_is_whole_and_has_the_attributes_of_stat(at):
    for number in range(1500):
        put(f"{at}/name-{number:04}").close()
    same([entry.name for entry in volume.entries(at)], [f"name-{n:04}" for n in range(1500)])
    found = volume.entries(at, True)
    same(len(found), 1500)
    for entry in found[::100]:
        own = volume.lstat(f"{at}/{entry.name}")
        same([entry.stat.ino, entry.stat.mode, entry.stat.mtime], [own.ino, own.mode, own.mtime])


def the_volume_has_an_id_and_a_size(_):
    same(len(volume.volume_id()), 16)
    found = volume.statvfs("/")
    same([found["namemax"], found["bsize"] > 0, found["blocks"] > 0], [255, True, True])


def another_mount_by_tcp_or_by_the_socket_shares_the_files(at):
    for transport, where, port_number in ("tcp", host, int(port)), ("unix", socket, 0):
        other, number = mounted(transport, where, port_number)
        same(number, 0)
        other.creat(f"{at}/{transport}").close()
    same([entry.name for entry in volume.entries(at)], ["tcp", "unix"])


def a_missing_volume_is_not_mounted(_):
    _, number = mounted("tcp", host, int(port), "nosuch")
    same(number, errno.ENOENT)


def a_second_log_is_begun(_):
    before = os.path.getsize(log)
    volume.set_logging(f"{log}.other")
    same([before > 0, os.path.exists(f"{log}.other")], [True, True])
    volume.set_logging(log)


CHECKS = [
    data_is_written_appended_truncated_and_read,
    fallocate_discard_and_zerofill_make_zeros,
    a_removed_file_is_read_and_written_through_its_descriptor,
    attributes_are_set_by_path_and_by_file,
    extended_attributes_are_made_read_listed_and_removed_by_path_and_by_file,
    names_on_either_brick_are_renamed_over_others,
    a_long_listing_is_whole_and_has_the_attributes_of_stat,
    the_volume_has_an_id_and_a_size,
    another_mount_by_tcp_or_by_the_socket_shares_the_files,
    a_missing_volume_is_not_mounted,
    a_second_log_is_begun,
]


def outcome(function):
    directory = f"/{function.__name__}"
    try:
        volume.mkdir(directory, 0o777)
        function(directory)
        return "ok"
    except (AssertionError, OSError) as error:
        line = traceback.extract_tb(error.__traceback__)[1].lineno
        return f"line {line}: {error}"


print(json.dumps({each.__name__.replace("_", " "): outcome(each) for each in CHECKS}), flush=True)
os._exit(0)
