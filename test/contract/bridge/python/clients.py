"""Counts each client's requests, and logs disconnects; `access` logs the number of known clients."""

import weakref

from glupy import Translator


class Note:
    count = 0


class xlator(Translator):
    def init(self):
        self.notes = weakref.WeakSet()

    def stat(self, frame, loc, xdata):
        client = frame.root.client
        if client is None:
            self.log.info("no client")
        else:
            note = client.ctx.setdefault(self, Note())
            self.notes.add(note)
            note.count += 1
            self.log.info("%s %d", client.uid, note.count)
        frame.wind()

    def stat_cbk(self, frame, *reply):
        frame.unwind(*reply)

    def client_disconnect(self, client):
        self.log.info("gone %s %d", client.uid, client.ctx.get(self, Note).count)

    def access(self, frame, loc, mask, xdata):
        self.log.info("knows %d", len(self.notes))
        frame.unwind(0)
