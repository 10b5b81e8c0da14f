/**
 * What the host lends a guest besides requests: inodes and fds by number, fields and bytes when a
 * script looks at them, a log, a timer. Everything is checked: a number that leads nowhere is
 * answered with nothing, never with somebody else's thing.
 */
import { Fd } from '../../runtime/core/fd.ts';
import { NULL_GFID } from '../../runtime/core/gfid.ts';
import type { InodeTable } from '../../runtime/core/inode.ts';
import { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import type { LogLevel, LogSource } from '../../runtime/core/log.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import type { Guest, GuestHost } from './guest.ts';
import type { Host } from './host.ts';
import { pack, type Source } from './message.ts';
import type { Request } from './request.ts';

/** What a translator keeps with an inode or fd that its guest knows. */
const TRACKED = true;

export class Lent implements GuestHost {
  private readonly xl: Xlator<unknown>;
  private readonly host: Host;
  private readonly fds = new Map<number, Fd>();
  /** Bytes on their way in a message, until it is read. */
  private readonly bytes = new Map<number, Uint8Array>();
  private lastBytes = 0;
  private table: InodeTable | null = null;
  private cancelTimer: (() => void) | null = null;
  private guest: Guest | null = null;

  constructor(xl: Xlator<unknown>, host: Host) {
    this.xl = xl;
    this.host = host;
  }

  attach(guest: Guest): void {
    this.guest = guest;
  }

  close(): void {
    this.cancelTimer?.();
    this.guest = null;
  }

  push(id: number, message: string): void {
    this.host.push(id, message);
  }

  lost(id: number): void {
    this.host.lost(id);
  }

  fetch(id: number, wind: number, index: number): string | undefined {
    const request = this.request(id);
    const value = request?.value(wind, index);
    const type = request?.type(wind, index);
    if (value === undefined || value === null || type === undefined) return undefined;
    return pack(type, value, wind, index);
  }

  data(id: number, wind: number, index: number): Uint8Array | undefined {
    const value = this.request(id)?.value(wind, index);
    return value instanceof Uint8Array ? value : undefined;
  }

  put(bytes: Uint8Array): number {
    this.lastBytes += 1;
    this.bytes.set(this.lastBytes, bytes);
    return this.lastBytes;
  }

  inode(id: number): string {
    const inode = this.findInode(id);
    return JSON.stringify(
      inode === undefined ? [NULL_GFID, 0, ''] : [inode.gfid, inode.iaType, inode.path],
    );
  }

  fd(id: number): string {
    const fd = this.findFd(id);
    return JSON.stringify(
      fd === undefined ? [0, 0, 0, 0] : [fd.inode.id, fd.flags, fd.pid, fd.isDir],
    );
  }

  root(id: number): string | undefined {
    const root = this.request(id)?.frame.root;
    if (root === undefined) return undefined;
    return JSON.stringify([
      root.unique,
      root.uid,
      root.gid,
      root.pid,
      root.groups,
      root.lkOwner,
      root.op,
    ]);
  }

  track(id: number): number {
    const inode = this.findInode(id);
    if (inode === undefined || !inode.linked) return 0;
    this.table ??= inode.table;
    inode.ctxSet(this.xl, TRACKED);
    return 1;
  }

  trackFd(id: number): number {
    const fd = this.findFd(id);
    if (fd === undefined) return 0;
    fd.ctxSet(this.xl, TRACKED);
    this.fds.set(id, fd);
    return 1;
  }

  /** An inode that the guest knows is forgotten. */
  forget(inode: Inode): void {
    this.guest?.forget(inode.id);
  }

  release(fd: Fd): void {
    this.fds.delete(fd.id);
    this.guest?.release(fd.id);
  }

  after(ms: number): void {
    this.cancelTimer?.();
    this.cancelTimer = this.xl.context.after(ms, () => {
      this.cancelTimer = null;
      const { guest } = this;
      if (guest !== null) this.host.enterFor(() => guest.tick());
    });
  }

  log(level: number, source: LogSource, text: string): void {
    const file = source.file.slice(source.file.lastIndexOf('/') + 1);
    const at = { ...source, file };
    this.xl.log.log(Math.min(9, Math.max(1, level)) as LogLevel, text, { source: at });
  }

  /** Where the numbers of a message about `request` lead. */
  source(request: Request): Source {
    return {
      value: (wind, index) => request.value(wind, index),
      inode: (id) => inodeIn(request, id) ?? this.findInode(id),
      fd: (id) => fdIn(request, id) ?? this.findFd(id),
      data: (id) => {
        const taken = this.bytes.get(id);
        this.bytes.delete(id);
        return taken;
      },
    };
  }

  private request(id: number): Request | undefined {
    const { current } = this.host;
    return current?.id === id ? current : this.host.requests.get(id);
  }

  private findInode(id: number): Inode | undefined {
    const { current } = this.host;
    const here = current === null ? undefined : inodeIn(current, id);
    if (here !== undefined) return here;
    const known = this.table?.byNodeid(id);
    if (known !== undefined) return known;
    for (const request of this.host.requests.values()) {
      const found = inodeIn(request, id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private findFd(id: number): Fd | undefined {
    const tracked = this.fds.get(id);
    if (tracked !== undefined) return tracked;
    const { current } = this.host;
    return current === null ? undefined : fdIn(current, id);
  }
}

/** Everything that came with a request, its own arguments first. */
function* valuesOf(request: Request): Iterable<unknown> {
  yield* request.args;
  for (const reply of request.replies) if (reply !== undefined) yield* reply.values;
}

function inodeIn(request: Request, id: number): Inode | undefined {
  for (const value of valuesOf(request)) {
    if (value instanceof Inode && value.id === id) return value;
    if (value instanceof Fd && value.inode.id === id) return value.inode;
    if (!(value instanceof Loc)) continue;
    if (value.inode?.id === id) return value.inode;
    if (value.parent?.id === id) return value.parent;
  }
  return undefined;
}

function fdIn(request: Request, id: number): Fd | undefined {
  for (const value of valuesOf(request)) if (value instanceof Fd && value.id === id) return value;
  return undefined;
}
