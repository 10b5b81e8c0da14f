"""Clients, on whose behalf requests are made."""

from typing import Any

import _host

from .errors import HandleExpired


class Client:
    """The origin of requests: a mount has one client, a server has one for each connection.

    The same client is the same object until it has disconnected and its last request has ended.

    id: its number in this process.
    """

    __slots__ = ("id", "_uid", "_ctx", "_gone")
    known = {}  # by number; the host notifies of their end

    def __init__(self, id):
        self.id = id
        self._uid = None
        self._ctx = None
        self._gone = False

    @classmethod
    def _forget(cls, id):
        """Forgets a client that is gone with its last request."""
        gone = cls.known.pop(id, None)
        if gone is not None:
            gone._gone = True
            gone._ctx = None

    @property
    def uid(self) -> str:
        """The client's identity across processes: GlusterFS's client_uid."""
        if self._uid is None:
            self._uid = _host.client(self.id)
            if self._uid is None:
                raise HandleExpired("the client is gone")
        return self._uid

    @property
    def ctx(self) -> dict[Any, Any]:
        """Your own dict, which lives until the client's last request has ended."""
        if self._gone:
            raise HandleExpired("the client is gone")
        if self._ctx is None:
            self._ctx = {}
        return self._ctx

    def __repr__(self):
        return f"<Client {self.id}>"


def client(id):
    """The object for a client's number; None for 0."""
    if not id:
        return None
    found = Client.known.get(id)
    if found is None:
        found = Client.known[id] = Client(id)
    return found
