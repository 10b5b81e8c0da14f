"""The cipher of examples/files/encrypt.py alone: what is read is the microseconds that it takes for a MiB."""

import time
from types import SimpleNamespace

from encrypt import xlator as Encrypt
from glupy import Files, directory

BLOCKS = (1 << 20) // Encrypt.block_size
INODE = SimpleNamespace(gfid="00000000-0000-0000-0000-000000000001")


class Cipher(Encrypt):
    options = {"passphrase": "secret"}


class xlator(Files):
    def init(self):
        cipher = object.__new__(Cipher)
        cipher.init()
        data = bytes(Encrypt.block_size)
        stored = [cipher.encode(None, INODE, index, data) for index in range(BLOCKS)]
        self.runs = {
            "/encode": lambda: [cipher.encode(None, INODE, n, data) for n in range(BLOCKS)],
            "/decode": lambda: [cipher.decode(None, INODE, n, stored[n]) for n in range(BLOCKS)],
        }

    def list(self, path):
        return [name[1:] for name in self.runs]

    def stat(self, path):
        return directory() if path == "/" else 16 if path in self.runs else None

    def read(self, path):
        begin = time.perf_counter()
        self.runs[path]()
        return f"{(time.perf_counter() - begin) * 1e6:16.1f}".encode()
