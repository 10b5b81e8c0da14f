/**
 * features/upcall: sends clients an upcall when another client changes an inode that they may cache, so
 * that caches can keep entries for minutes. `Registrations` records which client has seen which inode,
 * `touched-inodes.ts` finds the inodes that each fop reads or changes; `protocol/server` above sends the upcalls.
 *
 * While it is switched off it has no fops, and winds are routed past it.
 *
 * Source: GlusterFS 10 `xlators/features/upcall`.
 */
import type { Client } from '../../../core/client.ts';
import type { Dict } from '../../../core/dict.ts';
import { ENOENT } from '../../../core/errno.ts';
import { findFop, fops as fopRows, IPC_UPCALL } from '../../../core/fops.ts';
import { type FopName, tail, unwind } from '../../../core/gen/fops.gen.ts';
import { type After, type Before, taps } from '../../../core/gen/taps.gen.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Loc } from '../../../core/operands.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { compileShellPattern } from '../../../core/shell-pattern.ts';
import { type ClientUpcall, UP } from '../../../core/upcall.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import {
  type TouchedInode,
  type TouchedInodeReader,
  touchedInodeReaders,
} from './touched-inodes.ts';

/** The record that a client may cache an inode. */
interface Registration {
  readonly gfid: Gfid;
  readonly client: Client;
  /** Time of a recent request, by the context's clock; not every request updates it. */
  renewedAtMs: number;
}

/** A request renews a registration that is older than this share of the timeout. */
const RENEWAL_SHARE = 1 / 8;
/** The most expired registrations that are removed for each new one. */
const SWEPT_PER_ADD = 2;

/**
 * Registers the clients that may cache an inode, until a timeout after their last request for it. The
 * number is bounded: `onEvict` tells a client that is dropped early to forget the inode.
 */
class Registrations {
  /** A registration expires this long after it was last renewed. */
  timeoutMs = 0;
  /** The most registrations. */
  limit = 0;
  /** Number of registrations dropped early, because of `limit`. */
  evictedCount = 0;
  private readonly xl: Xlator;
  private readonly byGfid = new Map<Gfid, Map<Client, Registration>>();
  /** All registrations, the least recently renewed first. */
  private readonly byRenewal = new Set<Registration>();
  private readonly onEvict: (client: Client, gfid: Gfid) => void;

  /** @param onEvict tells a client to forget an inode for which it gets no more upcalls */
  constructor(xl: Xlator, onEvict: (client: Client, gfid: Gfid) => void) {
    this.xl = xl;
    this.onEvict = onEvict;
  }

  get size(): number {
    return this.byRenewal.size;
  }

  /** Registers a client for an inode, or renews its registration. `nowMs` is the time by the context's clock. */
  add(client: Client, gfid: Gfid, nowMs: number): void {
    let clients = this.byGfid.get(gfid);
    const existing = clients?.get(client);
    if (existing !== undefined) {
      if (nowMs - existing.renewedAtMs < this.timeoutMs * RENEWAL_SHARE) return;
      existing.renewedAtMs = nowMs;
      this.byRenewal.delete(existing);
      this.byRenewal.add(existing);
      return;
    }
    if (!client.connected) return;
    if (clients === undefined) {
      clients = new Map();
      this.byGfid.set(gfid, clients);
    }
    const registration = { gfid, client, renewedAtMs: nowMs };
    clients.set(client, registration);
    this.byRenewal.add(registration);
    this.findOrMakeRegistrations(client).add(registration);
    this.sweep(nowMs);
  }

  /** Returns the clients that may cache an inode, except `client`; removes expired registrations of the inode. */
  findOtherClients(gfid: Gfid, client: Client | null, nowMs: number): Client[] {
    const otherClients: Client[] = [];
    for (const registration of this.byGfid.get(gfid)?.values() ?? []) {
      if (registration.client === client) continue;
      if (nowMs - registration.renewedAtMs < this.timeoutMs) otherClients.push(registration.client);
      else this.delete(registration);
    }
    return otherClients;
  }

  /** Removes all registrations of a client. */
  dropClient(client: Client): void {
    for (const registration of [...this.findOrMakeRegistrations(client)]) this.delete(registration);
    client.ctxDel(this.xl);
  }

  clear(): void {
    for (const registration of [...this.byRenewal]) this.delete(registration);
  }

  /** Removes some expired registrations, and the oldest ones beyond the limit. */
  private sweep(nowMs: number): void {
    let removableCount = SWEPT_PER_ADD;
    for (const oldest of this.byRenewal) {
      const isExpired = nowMs - oldest.renewedAtMs >= this.timeoutMs;
      const isTooMany = this.byRenewal.size > this.limit;
      if (!isTooMany && (!isExpired || removableCount === 0)) return;
      removableCount -= 1;
      this.delete(oldest);
      if (isExpired) continue;
      this.evictedCount += 1;
      this.onEvict(oldest.client, oldest.gfid);
    }
  }

  /** Returns the registrations of a client, which are its context. */
  private findOrMakeRegistrations(client: Client): Set<Registration> {
    const existing = client.ctxGet(this.xl) as Set<Registration> | undefined;
    if (existing !== undefined) return existing;
    const created = new Set<Registration>();
    client.ctxSet(this.xl, created);
    return created;
  }

  private delete(registration: Registration): void {
    const { gfid, client } = registration;
    this.byRenewal.delete(registration);
    this.findOrMakeRegistrations(client).delete(registration);
    const clients = this.byGfid.get(gfid);
    clients?.delete(client);
    if (clients?.size === 0) this.byGfid.delete(gfid);
  }
}

const options = defineReconfigurableOptions({
  'cache-invalidation': {
    type: 'bool',
    default: false,
    description: 'Whether clients get upcalls for changes by other clients.',
  },
  'cache-invalidation-timeout': {
    type: 'time',
    min: 0,
    max: 1_209_600,
    default: 60,
    description:
      'How long after its last request for an inode a client gets upcalls for it. Caches should ' +
      'keep entries no longer.',
  },
  limit: {
    type: 'int',
    min: 1,
    max: 16_777_216,
    default: 131_072,
    description:
      'Registrations (pairs of client and inode). Beyond the limit the oldest is dropped, and its ' +
      'client forgets the inode.',
  },
});

type OptionValues = Values<typeof options>;

/** The most patterns of extended attributes whose new values upcalls have. */
const MAX_PATTERNS = 64;
/** A pattern of at most 255 characters, as names have, with one `*`: more would take long to match, against each name. */
const QUICK_PATTERN = /^(?=.{1,255}$)[^*]*\*?[^*]*$/s;

/** The state of one volume of features/upcall. */
class Upcalls {
  values: OptionValues;
  /** Number of upcalls sent since the start. */
  upcallCount = 0;
  readonly registrations: Registrations;
  private readonly xl: Xlator<Upcalls>;
  /** The extended attributes whose new values clients have asked for, by shell pattern. */
  private readonly reportedXattrs = new Map<string, RegExp>();

  constructor(xl: Xlator<Upcalls>, values: OptionValues) {
    this.xl = xl;
    this.values = values;
    this.registrations = new Registrations(xl, (client, gfid) =>
      this.sendUpcall(client, { gfid, flags: UP.FORGET }),
    );
    this.applyOptions(values);
  }

  applyOptions(values: OptionValues): void {
    this.values = values;
    this.registrations.timeoutMs = values['cache-invalidation-timeout'] * 1000;
    this.registrations.limit = values.limit;
    if (!values['cache-invalidation']) this.registrations.clear();
  }

  /** Registers a client for an inode in its reply, and notifies the other clients if the inode has changed. */
  registerAndNotify(client: Client | null, touchedInode: TouchedInode): void {
    const nowMs = this.xl.context.now();
    const { gfid, flags } = touchedInode;
    if (flags !== 0) {
      for (const other of this.registrations.findOtherClients(gfid, client, nowMs))
        this.sendUpcall(other, touchedInode);
    }
    if (client !== null) this.registrations.add(client, gfid, nowMs);
  }

  /** Sends an upcall for one client to the volumes above. */
  private sendUpcall(client: Client, { gfid, flags, xattrs, ...stats }: TouchedInode): void {
    this.upcallCount += 1;
    const expireSeconds = this.values['cache-invalidation-timeout'];
    const { stat = null, parent = null, oldParent = null } = stats;
    const upcall: ClientUpcall = {
      client,
      gfid,
      flags,
      expireSeconds,
      stat,
      parent,
      oldParent,
      xattrs: this.selectXattrs(xattrs ?? null),
    };
    defaultNotify(this.xl, 'UPCALL', upcall);
  }

  /** Reports new values of extended attributes from now on, to all clients. @param patterns keys are shell patterns */
  reportXattrs(patterns: Dict | null): void {
    for (const pattern of patterns?.keys() ?? []) {
      if (this.reportedXattrs.size >= MAX_PATTERNS) return;
      if (QUICK_PATTERN.test(pattern) && !this.reportedXattrs.has(pattern))
        this.reportedXattrs.set(pattern, compileShellPattern(pattern));
    }
  }

  /** Selects the values that upcalls have; null for none. */
  private selectXattrs(xattrs: Dict | null): ReadonlyMap<string, Uint8Array> | null {
    if (xattrs === null || this.reportedXattrs.size === 0) return null;
    const patterns = [...this.reportedXattrs.values()];
    const selected = new Map<string, Uint8Array>();
    for (const name of xattrs.keys()) {
      const value = xattrs.bytes(name);
      if (value !== undefined && patterns.some((pattern) => pattern.test(name)))
        selected.set(name, value);
    }
    return selected.size === 0 ? null : selected;
  }
}

/** The fops by which clients come to cache inodes, or change them. */
const recordedFops = Object.keys(touchedInodeReaders) as FopName[];
const LOOKUP = findFop('lookup')!.number;
/** The readers, indexed by the fop's number. */
const readersByFop: TouchedInodeReader[] = [];
for (const { number, name } of fopRows) {
  if (name in touchedInodeReaders)
    readersByFop[number] = touchedInodeReaders[name as keyof typeof touchedInodeReaders];
}

/** Registers a client for the directory in which its lookup has found no such name: it may cache that, too. */
function recordAbsentName(xl: Xlator<Upcalls>, client: Client | null, { parent }: Loc): void {
  if (parent !== null) xl.priv.registerAndNotify(client, { gfid: parent.gfid, flags: 0 });
}

/** Keeps a request's arguments until its reply; 0 lets the request pass. */
const keepArguments: Before<Upcalls> = (frame, _xl, _fop, ...args) => {
  frame.local = args;
  return 0;
};

const recordReply: After<Upcalls> = (frame, xl, fop, opRet, opErrno, ...reply) => {
  const { client } = frame.root;
  if (opRet < 0) {
    if (fop === LOOKUP && opErrno === ENOENT)
      recordAbsentName(xl, client, (frame.local as [Loc])[0]);
    return;
  }
  for (const touchedInode of readersByFop[fop]!(frame.local as never, reply as never)) {
    if (touchedInode !== null) xl.priv.registerAndNotify(client, touchedInode);
  }
};

/**
 * Replies to a client's request (IPC_UPCALL) whether upcalls are on, and notes the extended attributes that it asks for.
 * With upcalls off, no volume serves the request.
 */
const ipc: Fop<'ipc', Upcalls> = (frame, xl, op, xdata) => {
  if (op === IPC_UPCALL) {
    xl.priv.reportXattrs(xdata);
    unwind.ipc(frame, 0, 0, null);
  } else tail.ipc(frame, xl.children[0]!, op, xdata);
};

const makeFops = ({ priv }: Xlator<Upcalls>): Fops<Upcalls> =>
  priv.values['cache-invalidation']
    ? { ...taps(recordedFops, keepArguments, recordReply), ipc }
    : {};

export default defineTranslator<Upcalls, typeof options>({
  type: 'features/upcall',
  description: 'Tells clients of a brick what others have changed, for their caches.',
  children: [1, 1],
  options,
  fops: makeFops,
  init(xl, values) {
    xl.copiesReads = true;
    return new Upcalls(xl, values);
  },
  reconfigure(xl, values) {
    xl.priv.applyOptions(values);
    xl.exchangeFops(makeFops(xl));
  },
  clientDisconnect: ({ priv }, client) => priv.registrations.dropClient(client),
  clientDestroy: ({ priv }, client) => priv.registrations.dropClient(client),
  dump: ({ priv: { registrations, upcallCount } }) => ({
    registrations: registrations.size,
    evicted: registrations.evictedCount,
    told: upcallCount,
  }),
});
