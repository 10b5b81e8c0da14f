"""Stands for the command `glossa api ... --fd N`: connects the descriptor to a server that runs, as it starts faster.

relay.py SOCKET ... --fd N
"""
# In place of `socket`, whose import takes as long as the start of Python.
import _socket
import select
import sys

PIECE_BYTES = 65_536

client = _socket.socket(fileno=int(sys.argv[-1]))
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect(sys.argv[1])
peers = {client: server, server: client}
while True:
    for each in select.select(list(peers), [], [])[0]:
        data = each.recv(PIECE_BYTES)
        if not data:
            sys.exit()
        peers[each].sendall(data)
