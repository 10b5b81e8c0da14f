/**
 * Sends the requests by which an exchange of graphs (`exchange.ts`) prepares the new volumes: lookups of known inodes,
 * and opens of open files. Each resolves to the errno, 0 for success.
 */
import type { Client } from './client.ts';
import { Stack } from './frame.ts';
import { type Links, wind } from './gen/fops.gen.ts';
import type { Inode } from './inode.ts';
import { type Fd, Loc } from './operands.ts';
import type { Cbk } from './xlator.ts';

/** Sends a request of the exchange itself, on behalf of a client. Resolves to the errno, 0 for success. */
function sendRequest(
  client: Client,
  op: string,
  send: (frame: ReturnType<Client['begin']>) => void,
) {
  return new Promise<number>((resolve) => {
    const frame = client.begin(new Stack(0, 0, 0, op));
    frame.local = resolve;
    send(frame);
  });
}

/** Ends a request, and resolves its promise. It suits any fop, as it uses op_ret and op_errno only. */
const errnoCbk: Cbk<'open', unknown> = (frame, _cookie, _xl, opRet, opErrno) => {
  frame.root.client?.end(frame.root);
  (frame.local as (errno: number) => void)(opRet < 0 ? opErrno : 0);
};

/** Looks up an inode from the top of `links`. */
export function sendLookup(client: Client, links: Links, inode: Inode): Promise<number> {
  const cbk = errnoCbk as unknown as Cbk<'lookup', unknown>;
  return sendRequest(client, 'LOOKUP', (frame) =>
    wind.lookup(frame, 0, cbk, links, makeLoc(inode), null),
  );
}

/** Opens the file or directory of an fd again, with the same fd. */
export function sendOpen(client: Client, links: Links, fd: Fd): Promise<number> {
  const loc = makeLoc(fd.inode);
  return sendRequest(client, fd.isDir ? 'OPENDIR' : 'OPEN', (frame) => {
    if (!fd.isDir) wind.open(frame, 0, errnoCbk, links, loc, fd.flags, fd, null);
    else
      wind.opendir(frame, 0, errnoCbk as unknown as Cbk<'opendir', unknown>, links, loc, fd, null);
  });
}

/** Makes the loc of an inode, with its first known name if it has one. */
function makeLoc(inode: Inode): Loc {
  const [dentry] = inode.names;
  return new Loc(inode, dentry?.parent ?? null, dentry?.name ?? null);
}
