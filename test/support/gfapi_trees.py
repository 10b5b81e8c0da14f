"""Checks of libgfapi: directories, copies, and the mount."""
import errno
import hashlib
import os
import stat

from gfapi_volume import (WRONLY, check, content, host, log, mounted, port, refused, same, save, socket,
                          volume)


# Directories.

@check
def mkdir_makes_one_directory_and_not_those_above(at):
    volume.mkdir(f"{at}/d", 0o750)
    found = volume.stat(f"{at}/d")
    same([stat.S_ISDIR(found.mode), stat.S_IMODE(found.mode)], [True, 0o750])
    with refused(errno.EEXIST):
        volume.mkdir(f"{at}/d", 0o755)
    with refused(errno.ENOENT):
        volume.mkdir(f"{at}/none/e", 0o755)


def grow(at):
    """Three directories, two with two files, a file, and links to a file and to a directory."""
    for directory in "d1", "d2", "d3":
        volume.mkdir(f"{at}/{directory}", 0o755)
    for path in "d1/a", "d1/b", "d3/a", "d3/b", "f":
        save(f"{at}/{path}", path.encode() * 50_000)
    volume.symlink("f", f"{at}/to-file")
    volume.symlink("d1", f"{at}/to-directory")


def is_directory(path, follows):
    return stat.S_ISDIR((volume.stat if follows else volume.lstat)(path).mode)


def walk(at, follows, top_down=True):
    """(directory, its directories, its files) of all below one."""
    found = [entry.name for entry in volume.entries(at)]
    inner = [each for each in found if is_directory(f"{at}/{each}", follows)]
    own = (at, inner, [each for each in found if each not in inner])
    below = [each for name in inner for each in walk(f"{at}/{name}", follows, top_down)]
    return [own, *below] if top_down else [*below, own]


def counted(at, follows, top_down=True):
    found = walk(at, follows, top_down)
    return [sum(len(dirs) for _, dirs, _ in found), sum(len(files) for _, _, files in found)]


@check
def a_listing_has_every_name_once_and_its_kind(at):
    grow(at)
    same([entry.name for entry in volume.entries(at)],
         ["d1", "d2", "d3", "f", "to-directory", "to-file"])
    same([entry.type for entry in volume.entries(at)], [4, 4, 4, 8, 10, 10])
    with refused(errno.ENOENT):
        volume.entries(f"{at}/none")
    with refused(errno.ENOTDIR):
        volume.entries(f"{at}/f")


@check
def a_listing_with_attributes_has_those_of_stat(at):
    grow(at)
    for entry in volume.entries(at, True):
        own = volume.lstat(f"{at}/{entry.name}")
        same([entry.stat.ino, entry.stat.mode, entry.stat.mtime], [own.ino, own.mode, own.mtime])
        if not stat.S_ISDIR(own.mode):
            same(entry.stat.size, own.size)


@check
def a_listing_of_many_names_is_whole(at):
    for number in range(1500):
        save(f"{at}/name-{number:04}")
    same([entry.name for entry in volume.entries(at)], [f"name-{n:04}" for n in range(1500)])
    same(len(volume.entries(at, True)), 1500)


@check
def a_walk_finds_links_to_directories_among_the_files_unless_it_follows_them(at):
    grow(at)
    for top_down in True, False:
        same(counted(at, False, top_down), [3, 7])
        same(counted(at, True, top_down), [4, 8])


@check
def statvfs_tells_the_length_of_names_and_counts_inodes(at):
    before = volume.statvfs("/")
    same([before["namemax"], before["bsize"] > 0, before["blocks"] > 0], [255, True, True])
    # Other programs free inodes of the same disk meanwhile: one of many directories must lower the number.
    drops = []
    for number in range(50):
        earlier = volume.statvfs("/")["ffree"]
        volume.mkdir(f"{at}/d{number}", 0o755)
        drops.append(volume.statvfs("/")["ffree"] < earlier)
    same([any(drops), volume.statvfs("/")["files"] == before["files"]], [True, True])


@check
def a_tree_is_removed_from_its_leaves_and_links_are_not_followed(at):
    volume.mkdir(f"{at}/kept", 0o755)
    save(f"{at}/kept/f", b"kept")
    volume.mkdir(f"{at}/tree", 0o755)
    grow(f"{at}/tree")
    volume.symlink("../kept", f"{at}/tree/out")
    for directory, inner, files in walk(f"{at}/tree", False, False):
        for each in files:
            volume.unlink(f"{directory}/{each}")
        for each in inner:
            volume.rmdir(f"{directory}/{each}")
    volume.rmdir(f"{at}/tree")
    same([entry.name for entry in volume.entries(at)], ["kept"])
    same(content(f"{at}/kept/f"), b"kept")


# Copies.

def copy(source, target, step=1 << 17):
    reader, writer = volume.open(source), volume.creat(target, WRONLY | os.O_TRUNC)
    for data in iter(lambda: reader.read(step), b""):
        same(writer.write(data), len(data))
    for file in reader, writer:
        file.close()


@check
def a_copy_has_the_same_bytes_whatever_is_read_at_a_time(at):
    data = os.urandom(500_000)
    save(f"{at}/f", data)
    for step in 1000, 1 << 17:
        copy(f"{at}/f", f"{at}/copy", step)
        same(hashlib.md5(content(f"{at}/copy")).digest(), hashlib.md5(data).digest())


@check
def mode_and_times_of_a_file_are_given_to_its_copy(at):
    save(f"{at}/f", b"text")
    volume.chmod(f"{at}/f", 0o755)
    volume.utimens(f"{at}/f", 10 ** 18, 10 ** 18 + 5)
    copy(f"{at}/f", f"{at}/copy")
    own = volume.stat(f"{at}/f")
    volume.chmod(f"{at}/copy", stat.S_IMODE(own.mode))
    volume.utimens(f"{at}/copy", own.atime, own.mtime)
    made = volume.stat(f"{at}/copy")
    same([made.mode, made.mtime, made.size], [own.mode, own.mtime, own.size])


@check
def a_tree_is_copied_with_its_links_or_with_what_they_lead_to(at):
    volume.mkdir(f"{at}/tree", 0o755)
    grow(f"{at}/tree")
    for target, follows, wanted in ("links", False, [3, 7]), ("whole", True, [4, 8]):
        for directory, inner, files in walk(f"{at}/tree", follows):
            there = directory.replace(f"{at}/tree", f"{at}/{target}", 1)
            volume.mkdir(there, 0o755)
            for each in files:
                path = f"{directory}/{each}"
                if not follows and stat.S_ISLNK(volume.lstat(path).mode):
                    volume.symlink(volume.readlink(path), f"{there}/{each}")
                else:
                    copy(path, f"{there}/{each}")
        same(counted(f"{at}/{target}", False), wanted)
        same(content(f"{at}/{target}/to-file"), b"f" * 50_000)


# The mount.

@check
def the_volume_has_an_id_of_its_own(_):
    same(len(volume.volume_id()), 16)


@check
def another_mount_sees_what_this_one_has_written(at):
    save(f"{at}/f", b"text")
    other, number = mounted("tcp", host, int(port))
    same([number, other.stat(f"{at}/f").size], [0, 4])


@check
def a_mount_by_the_socket_is_one_as_well(at):
    other, number = mounted("unix", socket, 0)
    same(number, 0)
    other.creat(f"{at}/by-socket").close()
    same([entry.name for entry in volume.entries(at)], ["by-socket"])


@check
def a_volume_that_is_not_there_is_not_mounted(_):
    _, number = mounted("tcp", host, int(port), "nosuch")
    same(number, errno.ENOENT)


@check
def a_log_is_begun_and_another_one_later(_):
    before = os.path.getsize(log)
    volume.set_logging(f"{log}.other")
    same([before > 0, os.path.exists(f"{log}.other")], [True, True])
    volume.set_logging(log)
