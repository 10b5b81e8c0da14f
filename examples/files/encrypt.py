"""Encrypts the data of files in blocks: a key stream of SHAKE-256, and a tag for each block.

A stored block has 16 random bytes, the encrypted data, and 16 bytes of an HMAC over its place and both. Data that was
changed below is EIO. Names, sizes and times stay readable, and a block can be put back to an older one of its own.
"""

import hmac
import os
from errno import EIO
from hashlib import sha256, shake_256

from glupy import Option, Translator

NONCE, TAG = 16, 16


class xlator(Translator):
    options = {"passphrase": Option.str(help="the secret from which the keys are made")}
    block_size = 4096
    block_overhead = NONCE + TAG

    def init(self):
        if not self.options["passphrase"]:
            raise ValueError("option passphrase is missing")
        secret = self.options["passphrase"].encode()
        self.key = sha256(b"data" + secret).digest()
        self.tag_key = sha256(b"tag" + secret).digest()

    def mask(self, nonce, data):
        stream = shake_256(self.key + nonce).digest(len(data))
        both = int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")
        return both.to_bytes(len(data), "big")

    def tag(self, inode, index, nonce, hidden):
        place = inode.gfid.encode() + index.to_bytes(8, "big")
        return hmac.digest(self.tag_key, place + nonce + hidden, "sha256")[:TAG]

    def encode(self, frame, inode, index, data):
        nonce = os.urandom(NONCE)
        hidden = self.mask(nonce, data)
        return nonce + hidden + self.tag(inode, index, nonce, hidden)

    def decode(self, frame, inode, index, data):
        nonce, hidden, tag = data[:NONCE], data[NONCE:-TAG], data[-TAG:]
        if not hmac.compare_digest(tag, self.tag(inode, index, nonce, hidden)):
            raise OSError(EIO, f"block {index} was changed below")
        return self.mask(nonce, hidden)
