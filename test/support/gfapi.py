"""A program of libgfapi: a volume by its name, from a volfile server.

    gfapi.py VOLUME TRANSPORT HOST PORT LOG [FILE]

It prints a line of JSON for the start, after which FILE has been written; writes more of it for each line
that it reads; and prints another one. It ends without `glfs_fini`, which takes ten seconds.
"""
import ctypes
import json
import os
import sys

volume, transport, host, port, log, *files = sys.argv[1:]
lib = ctypes.CDLL("libgfapi.so.0", use_errno=True)
for name in ("glfs_new", "glfs_creat"):
    getattr(lib, name).restype = ctypes.c_void_p
lib.glfs_write.restype = ctypes.c_ssize_t

fs = ctypes.c_void_p(lib.glfs_new(volume.encode()))
lib.glfs_set_logging(fs, log.encode(), 7)
lib.glfs_set_volfile_server(fs, transport.encode(), host.encode(), int(port))
init = lib.glfs_init(fs)
said = {"init": init, "errno": 0 if init == 0 else ctypes.get_errno()}


def write(text):
    return lib.glfs_write(fd, text, ctypes.c_size_t(len(text)), 0)


if files:
    number = ctypes.create_string_buffer(16)
    fd = ctypes.c_void_p(lib.glfs_creat(fs, files[0].encode(), os.O_RDWR, 0o644))
    said["written"] = write(b"12345")
    said["size"] = lib.glfs_get_volumeid(fs, number, ctypes.c_size_t(16))
    said["id"] = number.raw.hex()
    said["volfile"] = lib.glfs_get_volfile(fs, None, ctypes.c_size_t(0))
    print(json.dumps(said), flush=True)
    said = {"written": sum(write(b"67890") for _ in iter(sys.stdin.readline, ""))}
    said["close"] = lib.glfs_close(fd)
print(json.dumps(said), flush=True)
os._exit(0)
