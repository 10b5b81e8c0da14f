"""
Asks a mount for fops while a brick is killed. Arguments: the mount, the folder of the killed brick, and the
number of bricks. Each line of standard input is a command, and is answered with a line:

    flight  begins one request of each kind, and returns when all of them wait for a brick, or have ended
    land    returns when all of these have ended
    away, back
            the same, one after the other
    probe   asks for the attributes of a file of the brick; the answer is the outcome
    end     prints all outcomes as JSON: by the phase and the fop, 'ok' or the name of the errno
"""
import ctypes
import errno
import fcntl
import json
import os
import struct
import sys
import threading
import time

mount, brick = sys.argv[1:3]
bricks = int(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)


def fallocate(fd, mode, length):
    if libc.fallocate(fd, mode, ctypes.c_long(0), ctypes.c_long(length)) != 0:
        raise OSError(ctypes.get_errno(), 'fallocate')


def writes(size, count=1):
    def write(fd):
        for at in range(count):
            os.pwrite(fd, b'y' * size, at * size)
    return write


def lock(fd):
    fcntl.fcntl(fd, fcntl.F_SETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 10, 0))


def read(fd):
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.pread(fd, 10, 4096)


# Of a file that is open.
OPEN = {
    'read': read,
    'write': writes(10),
    'write, write': writes(10, 2),
    'write 4 MiB': writes(1 << 20, 4),
    'write, fsync': lambda fd: (os.pwrite(fd, b'z', 0), os.fsync(fd)),
    'write, close': lambda fd: (os.pwrite(fd, b'z', 0), os.close(os.dup(fd))),
    'write, fstat': lambda fd: (os.pwrite(fd, b'z', 0), os.fstat(fd)),
    'fsync': os.fsync,
    'fstat': os.fstat,
    'ftruncate': lambda fd: os.ftruncate(fd, 5),
    'fallocate': lambda fd: fallocate(fd, 0, 100_000),
    'discard': lambda fd: fallocate(fd, 3, 4096),
    'seek': lambda fd: os.lseek(fd, 0, os.SEEK_HOLE),
    'fchmod': lambda fd: os.fchmod(fd, 0o600),
    'fsetxattr': lambda fd: os.setxattr(fd, 'user.a', b'v'),
    'fgetxattr': lambda fd: os.getxattr(fd, 'user.b'),
    'flistxattr': os.listxattr,
    'fremovexattr': lambda fd: os.removexattr(fd, 'user.b'),
    'lk': lock,
    'close': lambda fd: os.close(os.dup(fd)),
}
# Of a file of the brick, by its name.
FILE = {
    'stat': os.stat,
    'open': lambda path: os.close(os.open(path, os.O_RDWR)),
    'open O_TRUNC': lambda path: os.close(os.open(path, os.O_RDWR | os.O_TRUNC)),
    'unlink': os.unlink,
    'link': lambda path: os.link(path, path + '2'),
    'chmod': lambda path: os.chmod(path, 0o600),
    'truncate': lambda path: os.truncate(path, 1),
    'setxattr': lambda path: os.setxattr(path, 'user.a', b'v'),
}
# Of a name that is not there.
ABSENT = {
    'lookup': os.stat,
    'create': lambda path: os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644)),
    'mkdir': os.mkdir,
    'mknod': lambda path: os.mknod(path, 0o644),
    'symlink': lambda path: os.symlink('x', path),
}
DIRECTORY = {
    'stat of a directory': os.stat,
    'readdir': os.listdir,
    'chmod of a directory': lambda path: os.chmod(path, 0o750),
    'setxattr of a directory': lambda path: os.setxattr(path, 'user.a', b'v'),
    'getxattr of a directory': lambda path: os.getxattr(path, 'user.b'),
    'rmdir': os.rmdir,
    'statfs': os.statvfs,
}


def name_in(folder, is_there, letter='n'):
    """A name of which the hash belongs to the brick that is killed, or to another."""
    for n in range(400):
        path = f'{folder}/{letter}{n}'
        with open(f'{mount}/{path}', 'w') as file:
            file.write('x' * 8192)
        found = os.path.exists(f'{brick}/{path}')
        os.unlink(f'{mount}/{path}')
        if found == is_there:
            return f'{mount}/{path}'
    raise SystemExit(f'no name in {folder}')


def prepare(phase):
    """By the fop, what asks for it."""
    jobs = {}
    serial = 0

    def folder():
        nonlocal serial
        serial += 1
        name = f'{phase}{serial}'
        os.mkdir(f'{mount}/{name}')
        return name

    def made(path):
        with open(path, 'w') as file:
            file.write('x' * 8192)
        os.setxattr(path, 'user.b', b'v')
        return path

    for fop, ask in OPEN.items():
        fd = os.open(made(name_in(folder(), True)), os.O_RDWR)
        jobs[fop] = lambda ask=ask, fd=fd: ask(fd)
    for fop, ask in FILE.items():
        path = made(name_in(folder(), True))
        jobs[fop] = lambda ask=ask, path=path: ask(path)
    for is_there in [True] if bricks == 1 else [True, False]:
        where = '' if is_there else ', name on the other brick'
        for fop, ask in ABSENT.items():
            path = name_in(folder(), is_there)
            jobs[fop + where] = lambda ask=ask, path=path: ask(path)
        for fop, ask in DIRECTORY.items():
            path = name_in(folder(), is_there)
            os.mkdir(path)
            os.setxattr(path, 'user.b', b'v')
            jobs[fop + where] = lambda ask=ask, path=path: ask(path)
        for further in ['', ' to one on the other'] if bricks > 1 else ['']:
            at = folder()
            old = name_in(at, is_there)
            os.mkdir(old)
            new = name_in(at, is_there == (further == ''), 'm')
            jobs[f'rename of a directory{where}{further}'] = lambda old=old, new=new: os.rename(old, new)
    return jobs


def outcome(ask):
    try:
        ask()
        return 'ok'
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))


def waits_for_brick(thread):
    """Its stack in the kernel is one that waits, and not for another thread of this process."""
    try:
        with open(f'/proc/self/task/{thread.native_id}/stack') as file:
            stack = file.read()
    except OSError:
        return True
    return any(word in stack for word in ['fuse', 'd_wait', 'folio_wait', 'filemap'])


def main():
    jobs = {phase: prepare(phase) for phase in ['flight', 'away', 'back']}
    os.mkdir(f'{mount}/probe')
    probe = name_in('probe', True)
    open(probe, 'w').close()
    results = {}
    threads = {}
    print('ready', flush=True)
    for line in sys.stdin:
        phase = line.strip()
        if phase == 'probe':
            print(outcome(lambda: os.stat(probe)), flush=True)
            continue
        if phase == 'flight':
            results[phase] = {}
            for fop, ask in jobs[phase].items():
                keep = lambda fop=fop, ask=ask: results['flight'].update({fop: outcome(ask)})
                threads[fop] = threading.Thread(target=keep)
                threads[fop].start()
            while not all(not each.is_alive() or waits_for_brick(each) for each in threads.values()):
                time.sleep(0.05)
        elif phase == 'land':
            for thread in threads.values():
                thread.join()
        elif phase == 'end':
            print(json.dumps(results), flush=True)
            return
        else:
            results[phase] = {fop: outcome(ask) for fop, ask in jobs[phase].items()}
        print(phase, flush=True)


main()
