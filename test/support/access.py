"""Asks the kernel whether a user may use a file. It runs as root, and prints a line of JSON for each that it reads.

    access.py FOLDER

Each input line is an object: the file's `mode`, `uid`, `gid` and `acl` (its extended attribute in hexadecimal, or
null), whether it is a directory (`isDir`), and the user `as`: a uid, a gid and groups. The answer is a list: for
each mask from 1 to 7, whether access(2) permits it with the effective ids.
"""
import json
import os
import sys

folder = sys.argv[1]
file, directory = os.path.join(folder, "file"), os.path.join(folder, "directory")
open(file, "w").close()
os.mkdir(directory)
os.chmod(folder, 0o755)
ACL = "system.posix_acl_access"

for line in iter(sys.stdin.readline, ""):
    asked = json.loads(line)
    path = directory if asked["isDir"] else file
    os.chown(path, asked["uid"], asked["gid"])
    if ACL in os.listxattr(path):
        os.removexattr(path, ACL)
    os.chmod(path, asked["mode"])
    if asked["acl"] is not None:
        os.setxattr(path, ACL, bytes.fromhex(asked["acl"]))
    mode = os.stat(path).st_mode & 0o7777
    uid, gid, groups = asked["as"]
    os.setgroups(groups)
    os.setegid(gid)
    os.seteuid(uid)
    answers = [os.access(path, mask, effective_ids=True) for mask in range(1, 8)]
    os.seteuid(0)
    os.setegid(0)
    print(json.dumps({"mode": mode, "answers": answers}), flush=True)
