"""A program of libgfapi: a volume by its name, from a volfile server.

    gfapi-write.py VOLUME TRANSPORT HOST PORT LOG [FILE]

It prints a line of JSON after the start and the first write of FILE. For each input line it writes more of FILE
and prints another line.
"""
import json
import os
import sys

from gfapi import Volume, lib, size

name, transport, host, port, log, *files = sys.argv[1:]
volume = Volume(name, log)
volume.set_server(transport, host, int(port))
errno = volume.init()
said = {"init": -1 if errno else 0, "errno": errno}
if files:
    file = volume.creat(files[0])
    said["written"] = file.write(b"12345")
    number = volume.volume_id()
    said["size"] = len(number)
    said["id"] = number.hex()
    said["volfile"] = lib.glfs_get_volfile(volume.fs, None, size(0))
    print(json.dumps(said), flush=True)
    said = {"written": sum(file.write(b"67890") for _ in iter(sys.stdin.readline, ""))}
    file.close()
    said["close"] = 0
print(json.dumps(said), flush=True)
os._exit(0)
