/**
 * Invalidates the kernel's caches by notices. A notice waits for the replies of all requests that were under way when
 * it was added, because such a reply could bring old data back. Then a thread (`notifier.ts`) writes it. Equal waiting
 * notices are merged. When more than WAITING_MAX wait, one notice for all names replaces those for single names. Only
 * `invalidateAttributes` writes at once.
 */

import { encodeNameInto, nameLength } from '../../core/bytes.ts';
import { ENOENT } from '../../core/errno.ts';
import { readNewestUnique } from '../../core/frame.ts';
import { type Inode, ROOT_ID } from '../../core/inode.ts';
import type { Log } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import type { Upcall } from '../../core/upcall.ts';
import { write } from '../../sys/libc.ts';
import {
  DELETE_NAME_OFFSET,
  encodeDelete,
  encodeIncEpoch,
  encodeInvalEntry,
  encodeInvalInode,
  INVAL_ENTRY_NAME_OFFSET,
  INVAL_INODE_SIZE,
} from './codec/notify.ts';
import { type NoticeDevice, Notifier } from './notifier.ts';
import * as protocol from './protocol.ts';

/** The most waiting notices, if the kernel supports a notice for all names. */
const WAITING_MAX = 4096;
/** The most notices passed to the thread: one that blocks there delays those behind it. */
const IN_THREAD_MAX = 64;
/** The first minor version of the protocol with NOTIFY_INC_EPOCH. */
const MINOR_WITH_EPOCH = 44;

/** The requests of a session that have no reply. */
export interface RequestsUnderWay {
  /** Returns the lowest serial number among requests whose reply the kernel caches; Infinity without such requests. */
  findOldestCachedNumber(): number;
}

/** A notice that the kernel has not handled. */
interface Notice {
  readonly upcall: Upcall;
  /** The serial number of the newest request at the time when the notice was added. */
  readonly newestRequest: number;
  /** Functions to call when the kernel has handled the notice. */
  readonly waiters: (() => void)[];
}

export class Notices {
  /** Number of notices sent to the kernel. */
  sentCount = 0;
  private readonly fd: number;
  private readonly device: NoticeDevice;
  private readonly root: Inode;
  private readonly log: Log;
  private readonly requestsUnderWay: RequestsUnderWay;
  /** The notices that wait for replies, by `makeNoticeKey`, the oldest first. */
  private readonly waitingNotices = new Map<string, Notice>();
  /** The notices that the thread has received and not written, the oldest first. */
  private readonly noticesInThread: Notice[] = [];
  private notifier: Notifier | null = null;
  private minor = protocol.MINOR_MIN;
  private isClosed = false;

  /** @param fd the mounted descriptor of `/dev/fuse` @param root the root directory's inode */
  constructor(
    fd: number,
    root: Inode,
    log: Log,
    underWay: RequestsUnderWay,
    device: NoticeDevice = { noticeFd: fd },
  ) {
    this.fd = fd;
    this.device = device;
    this.root = root;
    this.log = log;
    this.requestsUnderWay = underWay;
  }

  /** Number of notices that the kernel has not handled. */
  get size(): number {
    return this.waitingNotices.size + this.noticesInThread.length;
  }

  /** Whether notices wait for replies of requests. */
  get hasWaiting(): boolean {
    return this.waitingNotices.size > 0;
  }

  /** Sets the agreed minor version of the protocol. */
  setMinor(minor: number): void {
    this.minor = minor;
  }

  /** Adds a notice. @throws {NameError} for a name that encodes no bytes */
  add(upcall: Upcall): void {
    if (this.isClosed) return;
    // The kernel cannot know an inode that is not in the table.
    if (upcall.kind === 'inode' && !upcall.inode.table.has(upcall.inode)) return;
    if (upcall.kind === 'every-entry') this.addEveryEntry();
    else {
      this.enqueue(upcall);
      if (this.waitingNotices.size > WAITING_MAX && this.minor >= MINOR_WITH_EPOCH)
        this.addEveryEntry();
    }
    this.flush();
  }

  /**
   * Invalidates the attributes of a file that is being opened, before the open returns. The notice is written without
   * the thread: the kernel handles it without waiting, because the file is in use.
   */
  invalidateAttributes(inode: Inode): void {
    const bytes = this.isClosed ? null : encodeNotice({ kind: 'inode', inode, data: false });
    if (bytes === null) return;
    this.sentCount += 1;
    const status = write(this.fd, bytes, bytes.length);
    if (status >= 0 || status === -ENOENT) return;
    this.log.warning('the kernel refused a notice, so its cache may be stale', {
      errno: -status,
      msgid: messages.noticeRefused.id,
    });
  }

  /** Resolves when the kernel has handled all notices added so far. A fop must not await it. */
  awaitHandled(): Promise<void> {
    const newest = [...this.waitingNotices.values()].at(-1) ?? this.noticesInThread.at(-1);
    if (newest === undefined) return Promise.resolve();
    return new Promise((resolve) => void newest.waiters.push(resolve));
  }

  /** Passes each notice to the thread once all requests before it have their replies. */
  flush(): void {
    for (const [key, notice] of this.waitingNotices) {
      if (notice.newestRequest >= this.requestsUnderWay.findOldestCachedNumber()) return;
      if (this.noticesInThread.length >= IN_THREAD_MAX) return;
      this.waitingNotices.delete(key);
      const bytes = encodeNotice(notice.upcall);
      if (bytes === null) resolveWaiters(notice);
      else {
        this.sentCount += 1;
        this.noticesInThread.push(notice);
        this.getNotifier().write(bytes);
      }
    }
  }

  /** Returns the notifier; the first call starts its thread. */
  private getNotifier(): Notifier {
    this.notifier ??= new Notifier(this.device, {
      onWritten: () => {
        resolveWaiters(this.noticesInThread.shift()!);
        this.flush();
      },
      onBroken: (reason) => {
        this.log.error(`notices to the kernel have stopped, so its cache may be stale: ${reason}`, {
          msgid: messages.noticesStopped.id,
        });
        this.close();
      },
    });
    return this.notifier;
  }

  /** Drops all notices, because the mount ends. */
  close(): void {
    this.isClosed = true;
    this.notifier?.close();
    for (const notice of [...this.noticesInThread.splice(0), ...this.waitingNotices.values()])
      resolveWaiters(notice);
    this.waitingNotices.clear();
  }

  /** Appends a notice. An equal one that waits moves to the end, because it must wait for current requests, too. */
  private enqueue(upcall: Upcall): void {
    const key = makeNoticeKey(upcall);
    const waiters = this.waitingNotices.get(key)?.waiters ?? [];
    this.waitingNotices.delete(key);
    this.waitingNotices.set(key, { upcall, newestRequest: readNewestUnique(), waiters });
  }

  /** Adds a notice for all names; for an older kernel, one for each name in the inode table. */
  private addEveryEntry(): void {
    if (this.minor < MINOR_WITH_EPOCH) {
      this.log.warning(
        `the kernel (FUSE 7.${this.minor}) cannot expire all names at once: names that it cached ` +
          'as absent stay absent until their timeout',
        { msgid: messages.absentNamesStay.id },
      );
      for (const upcall of listKnownEntries(this.root)) this.enqueue(upcall);
      return;
    }
    const movedWaiters: (() => void)[] = [];
    for (const [key, { upcall, waiters }] of this.waitingNotices) {
      if (upcall.kind !== 'entry' && upcall.kind !== 'every-entry') continue;
      this.waitingNotices.delete(key);
      movedWaiters.push(...waiters);
    }
    this.enqueue({ kind: 'every-entry' });
    this.waitingNotices.get('every-entry')!.waiters.push(...movedWaiters);
  }
}

/** Calls the waiters of a notice that the kernel has handled, or that was dropped. */
function resolveWaiters({ waiters }: Notice): void {
  for (const resolve of waiters.splice(0)) resolve();
}

/** Returns a key that is the same for equal notices. @throws {NameError} */
function makeNoticeKey(upcall: Upcall): string {
  if (upcall.kind === 'every-entry') return upcall.kind;
  if (upcall.kind === 'inode') return `${upcall.data ? 'data' : 'attributes'} ${upcall.inode.id}`;
  // Throws here, in the caller of `add`, for a name that encodes no bytes.
  nameLength(upcall.name);
  const expire = upcall.kind === 'entry' && upcall.expire;
  return `${upcall.kind}${expire ? ' expire' : ''} ${upcall.parent.id} ${upcall.name}`;
}

/** Whether the kernel knows the inode; it caches nothing of other inodes. */
const isKnown = (inode: Inode): boolean => inode.id === ROOT_ID || inode.nlookup > 0;

/** Encodes the notice for an upcall. Returns null if the kernel does not know the inode. */
function encodeNotice(upcall: Upcall): Uint8Array | null {
  switch (upcall.kind) {
    case 'inode':
      if (!isKnown(upcall.inode)) return null;
      // A negative offset invalidates the attributes alone; offset 0 and length 0 mean all data, too.
      return encodeMessage(INVAL_INODE_SIZE, (view) =>
        encodeInvalInode(view, upcall.inode.id, upcall.data ? 0 : -1, 0),
      );
    case 'entry':
      if (!isKnown(upcall.parent)) return null;
      return encodeNamedMessage(upcall.name, INVAL_ENTRY_NAME_OFFSET, (view, nameBytes) =>
        encodeInvalEntry(view, upcall.parent.id, nameBytes, upcall.expire),
      );
    case 'removed':
      if (!isKnown(upcall.parent)) return null;
      return encodeNamedMessage(upcall.name, DELETE_NAME_OFFSET, (view, nameBytes) =>
        encodeDelete(view, upcall.parent.id, upcall.inode.id, nameBytes),
      );
    case 'every-entry':
      return encodeMessage(protocol.OUT_HEADER_SIZE, encodeIncEpoch);
  }
}

/** Encodes a message. @param size room in bytes @param encodeBody returns the message's length */
function encodeMessage(size: number, encodeBody: (view: DataView) => number): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  return bytes.subarray(0, encodeBody(new DataView(bytes.buffer)));
}

/** Encodes a message with a name. @param nameOffset position of the name in the message */
function encodeNamedMessage(
  name: string,
  nameOffset: number,
  encodeBody: (view: DataView, nameBytes: number) => number,
): Uint8Array {
  return encodeMessage(nameOffset + nameLength(name) + 1, (view) =>
    encodeBody(view, encodeNameInto(name, new Uint8Array(view.buffer), nameOffset)),
  );
}

/** Lists an expiring notice for every name below `parent` that the inode table has. */
function* listKnownEntries(parent: Inode): Iterable<Upcall> {
  for (const [name, inode] of parent.children ?? []) {
    yield { kind: 'entry', parent, name, expire: true };
    if (inode.children !== null) yield* listKnownEntries(inode);
  }
}
