"""Checks of libgfapi: open files, attributes, names, and extended attributes."""
import errno
import os
import stat
import threading

from gfapi_volume import (RDONLY, RDWR, SECOND, WRONLY, check, content, put, refused, same, save,
                          volume)


# Open files.

@check
def bytes_that_were_written_are_read(at):
    data = bytearray(range(256)) * 300
    save(f"{at}/f", bytes(data))
    same(content(f"{at}/f"), bytes(data))


@check
def open_of_a_missing_file_is_ENOENT(at):
    for flags in RDONLY, RDWR, RDWR | os.O_CREAT:
        with refused(errno.ENOENT):
            volume.open(f"{at}/none", flags)


@check
def open_with_flags_that_do_not_fit_is_refused(at):
    with refused(errno.EISDIR):
        volume.open(at, RDWR)
    save(f"{at}/f")
    with refused(errno.ENOTDIR):
        volume.open(f"{at}/f", os.O_DIRECTORY)


@check
def creat_with_O_EXCL_of_what_is_there_is_EEXIST(at):
    save(f"{at}/f", b"kept")
    with refused(errno.EEXIST):
        volume.creat(f"{at}/f", RDWR | os.O_EXCL)
    with refused(errno.EISDIR):
        volume.creat(at, RDWR)
    same(content(f"{at}/f"), b"kept")


@check
def creat_makes_a_file_of_the_mode_or_opens_the_one_that_is_there(at):
    put(f"{at}/f", b"12345", 0o666).close()
    same(stat.S_IMODE(volume.stat(f"{at}/f").mode), 0o666)
    file = volume.creat(f"{at}/f", RDWR, 0o600)
    same(file.read(9), b"12345")
    file.close()
    same(stat.S_IMODE(volume.stat(f"{at}/f").mode), 0o666)


@check
def O_TRUNC_empties_a_file_and_O_APPEND_writes_behind_it(at):
    save(f"{at}/f", b"123456789")
    file = volume.open(f"{at}/f", RDWR | os.O_APPEND)
    same(file.write(b"abc"), 3)
    file.close()
    same(content(f"{at}/f"), b"123456789abc")
    for flags in RDWR | os.O_TRUNC, WRONLY | os.O_TRUNC:
        file = volume.creat(f"{at}/f", flags)
        same(file.write(b"new"), 3)
        file.close()
        same(content(f"{at}/f"), b"new")


@check
def a_file_that_is_emptied_is_written_from_where_it_was(at):
    file = put(f"{at}/f", b"123456789")
    file.ftruncate(0)
    same(file.lseek(0, os.SEEK_CUR), 9)
    same(file.lseek(0, os.SEEK_SET), 0)
    same(file.write(b"ab"), 2)
    file.close()
    same(content(f"{at}/f"), b"ab")


@check
def another_thread_opens_files(at):
    save(f"{at}/f", b"text")
    found = []
    thread = threading.Thread(target=lambda: found.append(content(f"{at}/f")))
    thread.start()
    thread.join()
    same(found, [b"text"])


@check
def a_copy_of_a_descriptor_outlives_the_first_and_has_an_offset_of_its_own(at):
    file = put(f"{at}/f", b"hello world from gluster")
    copy = file.dup()
    file.close()
    same(copy.lseek(6, os.SEEK_SET), 6)
    same(copy.read(5), b"world")
    same(copy.lseek(-7, os.SEEK_END), 17)
    same(copy.read(99), b"gluster")
    same(copy.lseek(-3, os.SEEK_CUR), 21)
    same(copy.read(1), b"t")
    copy.close()


@check
def a_file_is_read_a_byte_at_a_time_to_its_end(at):
    save(f"{at}/f", b"abc")
    file = volume.open(f"{at}/f")
    same([file.read(1) for _ in range(5)], [b"a", b"b", b"c", b"", b""])
    file.close()


@check
def ftruncate_cuts_and_lengthens_with_zeros(at):
    file = put(f"{at}/f", b"123456789")
    file.ftruncate(5)
    same(content(f"{at}/f"), b"12345")
    file.ftruncate(8)
    same(content(f"{at}/f"), b"12345\0\0\0")
    file.close()


@check
def fallocate_lengthens_a_file_or_keeps_its_size(at):
    file = put(f"{at}/f")
    file.fallocate(0, 0, 10)
    same(file.fstat().size, 10)
    file.fallocate(1, 10, 10)
    same(file.fstat().size, 10)
    same(content(f"{at}/f"), bytes(10))
    file.close()


@check
def discard_and_zerofill_leave_zeros_and_the_size(at):
    for call in "discard", "zerofill":
        file = put(f"{at}/{call}", b"0123456789")
        getattr(file, call)(3, 6)
        same(file.fstat().size, 10)
        same(content(f"{at}/{call}"), b"012\0\0\0\0\0\x009")
        file.close()


@check
def fsync_and_fdatasync_succeed_after_writes(at):
    file = put(f"{at}/f", b"1")
    file.fsync()
    same(file.write(b"2"), 1)
    file.fdatasync()
    file.close()
    same(content(f"{at}/f"), b"12")


# Attributes.

@check
def chmod_and_fchmod_set_the_mode(at):
    file = put(f"{at}/f")
    volume.chmod(f"{at}/f", 0o4711)
    same(stat.S_IMODE(volume.stat(f"{at}/f").mode), 0o4711)
    file.fchmod(0o640)
    same(stat.S_IMODE(file.fstat().mode), 0o640)
    volume.chmod(at, 0o1777)
    same(stat.S_IMODE(volume.stat(at).mode), 0o1777)
    file.close()


@check
def chown_and_fchown_set_owner_and_group(at):
    file = put(f"{at}/f")
    volume.chown(f"{at}/f", 12, 34)
    same(volume.stat(f"{at}/f")[4:6], (12, 34))
    file.fchown(0, 5)
    same(file.fstat()[4:6], (0, 5))
    file.close()


@check
def stat_follows_a_link_and_lstat_does_not(at):
    save(f"{at}/f", b"12345")
    volume.symlink(f"{at}/f", f"{at}/l")
    volume.symlink("none", f"{at}/broken")
    found, own = volume.stat(f"{at}/l"), volume.lstat(f"{at}/l")
    same([stat.S_ISREG(found.mode), found.size, found.nlink], [True, 5, 1])
    same([stat.S_ISLNK(own.mode), own.size], [True, len(f"{at}/f")])
    same(found.ino, volume.stat(f"{at}/f").ino)
    same(stat.S_ISLNK(volume.lstat(f"{at}/broken").mode), True)
    with refused(errno.ENOENT):
        volume.stat(f"{at}/broken")


@check
def files_directories_and_links_are_told_apart(at):
    save(f"{at}/f")
    volume.mkdir(f"{at}/d", 0o755)
    volume.symlink("f", f"{at}/l")
    kinds = [stat.S_IFMT(volume.lstat(f"{at}/{each}").mode) for each in "fdl"]
    same(kinds, [stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK])


@check
def access_is_as_there_are_files_and_permissions(at):
    save(f"{at}/f")
    volume.chmod(f"{at}/f", 0o600)
    for mode in os.F_OK, os.R_OK, os.W_OK, os.R_OK | os.W_OK:
        volume.access(f"{at}/f", mode)
    with refused(errno.EACCES):
        volume.access(f"{at}/f", os.X_OK)
    with refused(errno.ENOENT):
        volume.access(f"{at}/none", os.F_OK)


@check
def utimens_sets_both_times_to_the_nanosecond(at):
    save(f"{at}/f")
    times = 1_000_000_000 * SECOND + 1, 1_500_000_000 * SECOND + 999_999_999
    volume.utimens(f"{at}/f", *times)
    same(volume.stat(f"{at}/f")[-2:], times)
    with refused(errno.ENOENT):
        volume.utimens(f"{at}/none", *times)


# Names.

@check
def symlink_makes_a_link_once_and_readlink_reads_it(at):
    save(f"{at}/f", b"text")
    volume.symlink("f", f"{at}/l")
    same(volume.readlink(f"{at}/l"), "f")
    same(content(f"{at}/l"), b"text")
    with refused(errno.EEXIST):
        volume.symlink("f", f"{at}/l")
    with refused(errno.EINVAL):
        volume.readlink(f"{at}/f")
    with refused(errno.ENOENT):
        volume.readlink(f"{at}/none")


@check
def link_gives_a_file_another_name(at):
    save(f"{at}/f", b"text")
    volume.link(f"{at}/f", f"{at}/g")
    found, other = volume.stat(f"{at}/f"), volume.stat(f"{at}/g")
    same([found.nlink, other.nlink, found.ino == other.ino, found.dev == other.dev],
         [2, 2, True, True])
    with refused(errno.ENOENT):
        volume.link(f"{at}/none", f"{at}/h")
    with refused(errno.EEXIST):
        volume.link(f"{at}/f", f"{at}/g")
    with refused(errno.EISDIR):
        volume.link(at, f"{at}/d")
    volume.unlink(f"{at}/f")
    same([volume.stat(f"{at}/g").nlink, content(f"{at}/g")], [1, b"text"])


@check
def rename_moves_a_file_and_takes_the_place_of_another(at):
    # Ten pairs, so that old and new name are on the same brick and on different ones.
    for number in range(10):
        save(f"{at}/f{number}", b"%d" % number)
        save(f"{at}/there{number}", b"other")
        volume.rename(f"{at}/f{number}", f"{at}/there{number}")
        same(content(f"{at}/there{number}"), b"%d" % number)
        with refused(errno.ENOENT):
            volume.stat(f"{at}/f{number}")
    volume.mkdir(f"{at}/d", 0o755)
    with refused(errno.EISDIR):
        volume.rename(f"{at}/there0", f"{at}/d")
    with refused(errno.ENOENT):
        volume.rename(f"{at}/none", f"{at}/x")
    same([entry.name for entry in volume.entries(at)], ["d", *(f"there{n}" for n in range(10))])


@check
def a_directory_is_renamed_with_all_in_it_but_not_into_itself(at):
    volume.mkdir(f"{at}/d", 0o755)
    for number in range(6):
        save(f"{at}/d/f{number}", b"%d" % number)
    with refused(errno.EINVAL):
        volume.rename(f"{at}/d", f"{at}/d/e")
    volume.rename(f"{at}/d", f"{at}/e")
    same([content(f"{at}/e/f{number}") for number in range(6)], [b"%d" % n for n in range(6)])
    with refused(errno.ENOENT):
        volume.stat(f"{at}/d")


@check
def unlink_removes_files_and_rmdir_empty_directories(at):
    save(f"{at}/f")
    volume.mkdir(f"{at}/d", 0o755)
    save(f"{at}/d/f")
    with refused(errno.ENOTDIR):
        volume.rmdir(f"{at}/f")
    with refused(errno.EISDIR):
        volume.unlink(f"{at}/d")
    with refused(errno.ENOTEMPTY):
        volume.rmdir(f"{at}/d")
    for path in f"{at}/f", f"{at}/d/f":
        volume.unlink(path)
        with refused(errno.ENOENT):
            volume.stat(path)
    volume.rmdir(f"{at}/d")
    for call in volume.unlink, volume.rmdir:
        with refused(errno.ENOENT):
            call(f"{at}/d")


@check
def a_removed_file_is_read_and_written_by_who_has_it_open(at):
    file = put(f"{at}/f", b"text")
    volume.unlink(f"{at}/f")
    same(file.write(b" more"), 5)
    same(file.lseek(0, os.SEEK_SET), 0)
    same(file.read(99), b"text more")
    file.close()


@check
def relative_paths_and_dots_are_from_the_directory_of_chdir(at):
    same(volume.getcwd(), "/")
    volume.mkdir(f"{at}/d", 0o755)
    volume.mkdir(f"{at}/d/e", 0o755)
    save(f"{at}/d/f", b"text")
    volume.chdir(f"{at}/d/e")
    same(volume.getcwd(), f"{at}/d/e")
    same(content("../f"), b"text")
    same(volume.stat(".").ino, volume.stat(f"{at}/d/e").ino)
    same(volume.stat("..").ino, volume.stat(f"{at}/d").ino)
    volume.chdir("../..")
    same(volume.getcwd(), at)
    volume.chdir("/")
    same(volume.stat("..").ino, volume.stat("/").ino)
    same(volume.stat("/").ino, 1)
    with refused(errno.ENOENT):
        volume.chdir(f"{at}/none")
    with refused(errno.ENOTDIR):
        volume.chdir(f"{at}/d/f")


@check
def mknod_makes_devices_and_pipes(at):
    volume.mknod(f"{at}/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    volume.mknod(f"{at}/pipe", stat.S_IFIFO | 0o600, 0)
    found = volume.stat(f"{at}/null")
    same([stat.S_ISCHR(found.mode), os.major(found.rdev), os.minor(found.rdev)], [True, 1, 3])
    same(stat.S_ISFIFO(volume.stat(f"{at}/pipe").mode), True)


# Extended attributes, by the path and by an open file.

def by_path_and_file(at):
    file = put(f"{at}/f", b"text")
    path = f"{at}/f"

    def bound(call):
        return lambda *what: getattr(volume, call)(path, *what)
    yield {call: bound(call) for call in XATTRS}
    yield {call: getattr(file, call) for call in XATTRS}
    file.close()


XATTRS = "setxattr", "getxattr", "listxattr", "removexattr"


@check
def setxattr_makes_only_or_replaces_only_as_its_flags_say(at):
    for calls in by_path_and_file(at):
        calls["setxattr"](b"user.a", b"1", os.XATTR_CREATE)
        with refused(errno.EEXIST):
            calls["setxattr"](b"user.a", b"2", os.XATTR_CREATE)
        calls["setxattr"](b"user.a", b"three", os.XATTR_REPLACE)
        same(calls["getxattr"](b"user.a"), b"three")
        with refused(errno.ENODATA):
            calls["setxattr"](b"user.none", b"4", os.XATTR_REPLACE)
        calls["removexattr"](b"user.a")


@check
def getxattr_wants_room_for_the_whole_value(at):
    for calls in by_path_and_file(at):
        calls["setxattr"](b"user.a", b"\0value\0")
        same([len(calls["getxattr"](b"user.a", room)) for room in (7, 8, 4096)], [7, 7, 7])
        with refused(errno.ERANGE):
            calls["getxattr"](b"user.a", 6)
        with refused(errno.ENODATA):
            calls["getxattr"](b"user.none")
        calls["removexattr"](b"user.a")


@check
def listxattr_tells_names_and_wants_room_for_all(at):
    for calls in by_path_and_file(at):
        for key in b"user.a", b"user.bc":
            calls["setxattr"](key, b"1")
        found = calls["listxattr"]()
        # Those of bricks are among them, which need not have the same.
        keys = [key for key in found.split(b"\0") if key.startswith(b"user.")]
        same(sorted(keys), [b"user.a", b"user.bc"])
        same(calls["listxattr"](len(found)), found)
        with refused(errno.ERANGE):
            calls["listxattr"](3)
        for key in b"user.a", b"user.bc":
            calls["removexattr"](key)


@check
def removexattr_removes_once(at):
    for calls in by_path_and_file(at):
        calls["setxattr"](b"user.a", b"1")
        calls["removexattr"](b"user.a")
        with refused(errno.ENODATA):
            calls["removexattr"](b"user.a")
        with refused(errno.ENODATA):
            calls["getxattr"](b"user.a")
