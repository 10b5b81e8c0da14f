/**
 * Invalidates what the kernel caches, before its time is over. A notice is written by a thread (`notifier.ts`), after
 * the replies of all requests that were under way when it was asked for: one of them could bring back the old data.
 * Equal notices that wait are one; when very many wait, one that expires all names replaces those about names.
 * The attributes of a file that is being opened need no waiting, see `doubt`.
 */

import { encodeNameInto, nameLength } from '../../core/bytes.ts';
import { ENOENT } from '../../core/errno.ts';
import { newestRequest } from '../../core/frame.ts';
import { type Inode, ROOT_ID } from '../../core/inode.ts';
import type { Log } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import type { Upcall } from '../../core/upcall.ts';
import { write } from '../../sys/libc.ts';
import {
  DELETE_NAME,
  encodeDelete,
  encodeIncEpoch,
  encodeInvalEntry,
  encodeInvalInode,
  INVAL_ENTRY_NAME,
  INVAL_INODE_SIZE,
} from './codec/notify.ts';
import { Notifier } from './notifier.ts';
import * as P from './protocol.ts';

/** Notices that wait, at most, where the kernel knows one for all names. */
const WAITING_MAX = 4096;
/** Notices that are with the thread at once: one of them may wait, and those behind it with it. */
const IN_THREAD_MAX = 64;
/** The first protocol with NOTIFY_INC_EPOCH. */
const MINOR_WITH_EPOCH = 44;

/** What is under way in a session. */
export interface RequestsUnderWay {
  /** The lowest serial number of a request whose answer the kernel will keep; Infinity for none. */
  oldestCached(): number;
}

interface Notice {
  readonly what: Upcall;
  /** The newest request when it was asked for. */
  readonly after: number;
  /** Who waits for it. */
  readonly waiters: (() => void)[];
}

export class Notices {
  /** Given to the kernel so far. */
  sent = 0;
  private readonly fd: number;
  private readonly root: Inode;
  private readonly log: Log;
  private readonly underWay: RequestsUnderWay;
  /** By what they are about, in the order in which they were asked for. */
  private readonly waiting = new Map<string, Notice>();
  private readonly inThread: Notice[] = [];
  private notifier: Notifier | null = null;
  private minor = P.MINOR_MIN;
  private over = false;

  /** @param root where all names begin */
  constructor(fd: number, root: Inode, log: Log, underWay: RequestsUnderWay) {
    this.fd = fd;
    this.root = root;
    this.log = log;
    this.underWay = underWay;
  }

  /** Those that the kernel has not handled yet. */
  get size(): number {
    return this.waiting.size + this.inThread.length;
  }

  /** Some wait, and may be ready when an answer has been written. */
  get hasWaiting(): boolean {
    return this.waiting.size > 0;
  }

  /** The protocol's minor version is agreed on. */
  agreed(minor: number): void {
    this.minor = minor;
  }

  /** @throws {NameError} for a name that is none */
  add(what: Upcall): void {
    if (this.over) return;
    // The kernel cannot know what nobody here has found.
    if (what.what === 'inode' && !what.inode.table.has(what.inode)) return;
    if (what.what === 'every-entry') this.addEveryEntry();
    else {
      this.enqueue(what);
      if (this.waiting.size > WAITING_MAX && this.minor >= MINOR_WITH_EPOCH) this.addEveryEntry();
    }
    this.flush();
  }

  /**
   * Takes back the attributes of a file that is being opened, at once: before its opener goes on. The
   * kernel waits for nothing with these, as the file is in use. What requests under way bring back is
   * too old for it, or comes with no time to be cached.
   */
  invalidateAttributes(inode: Inode): void {
    const bytes = this.over ? null : encode({ what: 'inode', inode, data: false });
    if (bytes === null) return;
    this.sent += 1;
    const status = write(this.fd, bytes, bytes.length);
    if (status >= 0 || status === -ENOENT) return;
    this.log.warning('the kernel was not told what is out of date', {
      errno: -status,
      msgid: messages.notInvalidated.id,
    });
  }

  /** When those that were asked for so far are handled. Not to be awaited by a fop. */
  whenHandled(): Promise<void> {
    const last = [...this.waiting.values()].at(-1) ?? this.inThread.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve) => void last.waiters.push(resolve));
  }

  /** Hands over what is ready. */
  flush(): void {
    for (const [key, notice] of this.waiting) {
      if (notice.after >= this.underWay.oldestCached()) return;
      if (this.inThread.length >= IN_THREAD_MAX) return;
      this.waiting.delete(key);
      const bytes = encode(notice.what);
      if (bytes === null) resolveWaiters(notice);
      else {
        this.sent += 1;
        this.inThread.push(notice);
        this.thread().write(bytes);
      }
    }
  }

  private thread(): Notifier {
    this.notifier ??= new Notifier(this.fd, {
      written: () => {
        resolveWaiters(this.inThread.shift()!);
        this.flush();
      },
      broken: (why) => {
        this.log.error(`the kernel cannot be told what is out of date: ${why}`, {
          msgid: messages.neverInvalidated.id,
        });
        this.close();
      },
    });
    return this.notifier;
  }

  /** Nobody is left to tell. */
  close(): void {
    this.over = true;
    this.notifier?.close();
    for (const notice of [...this.inThread.splice(0), ...this.waiting.values()])
      resolveWaiters(notice);
    this.waiting.clear();
  }

  /** To the end of the queue, also what waits already: it is about the requests of now, too. */
  private enqueue(what: Upcall): void {
    const key = keyOf(what);
    const tell = this.waiting.get(key)?.waiters ?? [];
    this.waiting.delete(key);
    this.waiting.set(key, { what, after: newestRequest(), waiters: tell });
  }

  private addEveryEntry(): void {
    if (this.minor < MINOR_WITH_EPOCH) {
      this.log.warning(
        `the kernel (FUSE 7.${this.minor}) cannot expire all names at once: those of which it was ` +
          'told that they are absent stay so until their time is over',
        { msgid: messages.absentStay.id },
      );
      for (const what of knownEntries(this.root)) this.enqueue(what);
      return;
    }
    const told: (() => void)[] = [];
    for (const [key, { what, waiters: tell }] of this.waiting) {
      if (what.what !== 'entry' && what.what !== 'every-entry') continue;
      this.waiting.delete(key);
      told.push(...tell);
    }
    this.enqueue({ what: 'every-entry' });
    this.waiting.get('every-entry')!.waiters.push(...told);
  }
}

function resolveWaiters({ waiters: tell }: Notice): void {
  for (const each of tell.splice(0)) each();
}

/** The same for notices that can take each other's place. @throws {NameError} */
function keyOf(what: Upcall): string {
  if (what.what === 'every-entry') return what.what;
  if (what.what === 'inode') return `${what.data ? 'data' : 'attributes'} ${what.inode.id}`;
  // Whether bytes stand for the name is said to who asks, not to who writes.
  nameLength(what.name);
  const expire = what.what === 'entry' && what.expire;
  return `${what.what}${expire ? ' expire' : ''} ${what.parent.id} ${what.name}`;
}

/** The kernel knows the inode: nothing is cached of any other, nor of names in it. */
const isKnown = (inode: Inode): boolean => inode.id === ROOT_ID || inode.nlookup > 0;

function encode(what: Upcall): Uint8Array | null {
  switch (what.what) {
    case 'inode':
      if (!isKnown(what.inode)) return null;
      return message(INVAL_INODE_SIZE, (view) =>
        encodeInvalInode(view, what.inode.id, what.data ? 0 : -1, 0),
      );
    case 'entry':
      if (!isKnown(what.parent)) return null;
      return named(what.name, INVAL_ENTRY_NAME, (view, nameBytes) =>
        encodeInvalEntry(view, what.parent.id, nameBytes, what.expire),
      );
    case 'removed':
      if (!isKnown(what.parent)) return null;
      return named(what.name, DELETE_NAME, (view, nameBytes) =>
        encodeDelete(view, what.parent.id, what.inode.id, nameBytes),
      );
    case 'every-entry':
      return message(P.OUT_HEADER_SIZE, encodeIncEpoch);
  }
}

function message(size: number, write: (view: DataView) => number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  return bytes.subarray(0, write(new DataView(bytes.buffer)));
}

function named(
  name: string,
  at: number,
  write: (view: DataView, nameBytes: number) => number,
): Uint8Array {
  return message(at + nameLength(name) + 1, (view) =>
    write(view, encodeNameInto(name, new Uint8Array(view.buffer), at)),
  );
}

function* knownEntries(parent: Inode): Iterable<Upcall> {
  for (const [name, inode] of parent.children ?? []) {
    yield { what: 'entry', parent, name, expire: true };
    if (inode.children !== null) yield* knownEntries(inode);
  }
}
