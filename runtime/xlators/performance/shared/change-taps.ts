/**
 * Taps every fop that changes inodes and calls a cache's hooks (`ChangeHooks`).
 *
 * A fop on one file (a write, a chmod) invalidates its inode on the way down and reports the new
 * attributes with the reply. A fop on names does so for each inode concerned: the directories, the
 * inode of the name, and the inode that it replaces.
 */

import type { Client } from '../../../core/client.ts';
import type { Dict } from '../../../core/dict.ts';
import type { Fd } from '../../../core/fd.ts';
import { type FopRow, findFop, fops as rows } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import { type FopName, fail } from '../../../core/gen/fops.gen.ts';
import { collect, collectCbk, unwindArgs, windArgs } from '../../../core/gen/generic.gen.ts';
import { type After, type Before, tap } from '../../../core/gen/taps.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import type { Fops, Xlator } from '../../../core/xlator.ts';
import { type InodeCache, type InodeState, inodeAt } from './inode-cache.ts';

/** Fops that change a file's data, and with it its attributes. */
export const dataFops = [
  'writev',
  'truncate',
  'ftruncate',
  'fallocate',
  'discard',
  'zerofill',
  'copy_file_range',
] as const satisfies readonly FopName[];

/** Fops that change only attributes, extended ones included. */
export const attributeFops = [
  'setattr',
  'fsetattr',
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
  'xattrop',
  'fxattrop',
] as const satisfies readonly FopName[];

/** Names of the reply's part that has the attributes after the change. */
const AFTER = /^(?:postbuf|statpost|postbuf_dst)$/;
/** Its third argument is the changed file; other fops change their first. */
const COPY = findFop('copy_file_range')!.number;
const COPIES_TO = 2;

const attributesAt: number[] = [];
for (const { number, reply } of rows) {
  attributesAt[number] = reply.findIndex(({ name }) => AFTER.test(name));
}

export interface ChangeHooks<P, K extends InodeState> {
  /** The inode has changed and has these attributes now. */
  readonly learn?: { learn(xl: Xlator<P>, state: K, buf: Iatt, inode: Inode): void }['learn'];
  /** A new inode was created under this name. */
  readonly made?: {
    made(xl: Xlator<P>, inode: Inode, buf: Iatt, loc: Loc, asked: number): void;
  }['made'];
  /** A request of this client may have changed the inode; with `isWrite`, its data too. */
  readonly changed?: {
    changed(xl: Xlator<P>, client: Client | null, inode: Inode, isWrite: boolean): void;
  }['changed'];
  /**
   * Returns the xdata for a reply that carries an inode's attributes; with `isNamed` the request has
   * also created a name for the inode.
   */
  readonly annotate?: {
    annotate(xl: Xlator<P>, inode: Inode, isNamed: boolean, xdata: Dict | null): Dict | null;
  }['annotate'];
  /** A name was created, replaced or removed. */
  readonly renamed?: { renamed(xl: Xlator<P>, client: Client | null, loc: Loc): void }['renamed'];
}

/** An inode whose change is under way. */
export class Change<K extends InodeState> {
  readonly state: K;
  readonly inode: Inode;

  constructor(state: K, inode: Inode) {
    this.state = state;
    this.inode = inode;
  }
}

/** Returns the xdata of a successful reply, from all its values; xdata is the last. */
type ReplyXdata<P> = (frame: Frame, xl: Xlator<P>, values: readonly unknown[]) => Dict | null;

/** Taps a fop; `replyXdata`, if passed, replaces the xdata of its reply. */
function tapped<P>(
  name: FopName,
  before: Before<P>,
  after: After<P>,
  replyXdata: ReplyXdata<P> | undefined,
): unknown {
  if (replyXdata === undefined) return tap[name]<P>(before, after);
  const { number } = findFop(name)!;
  const cbk = collectCbk[name]((frame, _cookie, any, opRet, opErrno, values) => {
    const xl = any as Xlator<P>;
    after(frame, xl, number, opRet, opErrno, ...values);
    const reply = opRet < 0 ? values : values.with(-1, replyXdata(frame, xl, values));
    unwindArgs[name](frame, opRet, opErrno, reply);
  });
  return collect[name]((frame, any, args) => {
    const errno = before(frame, any as Xlator<P>, number, ...args);
    if (errno === 0) windArgs[name](frame, 0, cbk as never, any.children[0]!, args);
    else fail[name](frame, errno);
  });
}

const xdataOf = (values: readonly unknown[]): Dict | null => values.at(-1) as Dict | null;

/** Reports fops on one file to a cache; all of `names` write data, or none does. */
export function fileChanges<P extends InodeCache<K>, K extends InodeState>(
  names: readonly FopName[],
  { learn, changed, annotate }: ChangeHooks<P, K> = {},
): Fops<P> {
  const isWrite = names.some((name) => (dataFops as readonly FopName[]).includes(name));
  const before: Before<P> = (frame, xl, fop, first, _second, third) => {
    const inode = inodeAt(xl, (fop === COPY ? third : first) as Loc | Fd);
    if (inode === null) return 0;
    frame.local = new Change(xl.priv.changes(inode, isWrite), inode);
    return 0;
  };
  const after: After<P> = (frame, xl, fop, opRet, _opErrno, first, second, third) => {
    const change = frame.local as Change<K> | null;
    if (change === null) return;
    const isNow = xl.priv.changed(change.state, isWrite);
    changed?.(xl, frame.root.client, change.inode, isWrite);
    if (!isNow || opRet < 0 || learn === undefined) return;
    const at = attributesAt[fop]!;
    const buf = (at === COPIES_TO ? third : at === 1 ? second : at === 0 ? first : null) as Iatt;
    if (buf?.known) learn(xl, change.state, buf, change.inode);
  };
  const replyXdata: ReplyXdata<P> | undefined =
    annotate &&
    ((frame, xl, values) => {
      const change = frame.local as Change<K> | null;
      return change === null ? xdataOf(values) : annotate(xl, change.inode, false, xdataOf(values));
    });
  const made: Partial<Record<FopName, unknown>> = {};
  for (const name of names) made[name] = tapped(name, before, after, replyXdata);
  return made as Fops<P>;
}

/** An inode that a fop on names changes, and the index of its new attributes in the reply. */
interface Part {
  inode(args: readonly unknown[]): Inode | null;
  readonly attributes: number;
  /** The fop can only succeed if the inode exists. */
  readonly exists?: boolean;
}

function partsOf({ args, reply, entry }: FopRow): readonly Part[] {
  const loc = (name: string | undefined) => args.findIndex((arg) => arg.name === name);
  const at = (...names: string[]) => reply.findIndex(({ name }) => names.includes(name));
  const [made, gone] = [loc(entry.creates), loc(entry.removes)];
  const old = loc('oldloc');
  const folder = (which: number, attributes: number): Part => ({
    inode: (args) => (args[which] as Loc).parent,
    attributes,
  });
  const target = (which: number, attributes: number, exists = true): Part => ({
    inode: (args) => (args[which] as Loc).inode,
    attributes,
    exists,
  });
  return [
    ...(made < 0 ? [] : [folder(made, at('postparent', 'postnewparent'))]),
    ...(gone < 0 ? [] : [folder(gone, at('postparent', 'postoldparent'))]),
    ...(old >= 0 ? [target(old, at('buf'))] : gone < 0 ? [] : [target(gone, -1)]),
    // The target of a link is the old inode, which is in the list already.
    ...(made < 0 ? [] : [target(made, -1, gone >= 0)]),
  ];
}

interface Naming<K extends InodeState> {
  readonly changes: readonly (Change<K> | null)[];
  /** The created name, and the removed one. */
  readonly loc: Loc | null;
  readonly gone: Loc | null;
  /** The inode that it removes or replaces is unknown here. */
  readonly isUnknown: boolean;
  /** The cache's clock at the wind. */
  readonly asked: number;
}

/** Reports fops on names to a cache. */
export function nameChanges<P extends InodeCache<K>, K extends InodeState>(
  hooks: ChangeHooks<P, K> = {},
): Fops<P> {
  const { learn, made, changed, renamed, annotate } = hooks;
  const fops: Partial<Record<FopName, unknown>> = {};
  for (const row of rows) {
    const { args: declared, reply: answers, entry } = row;
    if (entry.creates === undefined && entry.removes === undefined) continue;
    const parts = partsOf(row);
    const [named, removed] = [entry.creates, entry.removes].map((which) =>
      declared.findIndex(({ name }) => name === which),
    ) as [number, number];
    const [inodeOf, bufOf] = ['inode', 'buf'].map((part) =>
      answers.findIndex(({ name }) => name === part),
    ) as [number, number];
    // These fops are rare enough to afford arrays.
    const before: Before<P> = (frame, xl, _fop, ...args) => {
      const inodes = parts.map((part) => part.inode(args));
      const changes = inodes.map((inode, nth) => {
        // Two parts may be the same directory.
        if (!inode?.linked || inodes.indexOf(inode) !== nth) return null;
        return new Change(xl.priv.changes(inode), inode);
      });
      const locAt = (at: number): Loc | null => (at < 0 ? null : (args[at] as Loc));
      const [loc, gone] = [locAt(named), locAt(removed)];
      const isUnknown = parts.some(({ exists }, nth) => exists && !inodes[nth]?.linked);
      if (isUnknown) xl.priv.changesUnknown();
      frame.local = { changes, loc, gone, isUnknown, asked: xl.priv.clock } satisfies Naming<K>;
      return 0;
    };
    const after: After<P> = (frame, xl, _fop, opRet, _opErrno, ...reply) => {
      const { changes, loc, gone, isUnknown, asked } = frame.local as Naming<K>;
      const { client } = frame.root;
      if (isUnknown) xl.priv.changedUnknown();
      changes.forEach((change, nth) => {
        if (change === null) return;
        const isNow = xl.priv.changed(change.state);
        changed?.(xl, client, change.inode, false);
        const at = parts[nth]!.attributes;
        const buf = (at < 0 ? null : reply[at]) as Iatt | null;
        const learns = isNow && opRet >= 0 && buf?.known && buf.iaGfid === change.inode.gfid;
        if (learns) learn?.(xl, change.state, buf, change.inode);
      });
      for (const each of [loc, gone]) if (each !== null) renamed?.(xl, client, each);
      if (opRet < 0 || loc === null || inodeOf < 0 || row.name === 'link') return;
      const [inode, buf] = [reply[inodeOf] as Inode | null, reply[bufOf] as Iatt | null];
      if (inode === null || buf === null) return;
      // The create may have found a known file, and truncated it.
      const at = xl.priv.inodeOf(inode, buf.iaGfid);
      if (at.linked) {
        xl.priv.invalidate(at);
        changed?.(xl, client, at, true);
      } else if (buf.known) made?.(xl, inode, buf, loc, asked);
    };
    const replyXdata: ReplyXdata<P> | undefined =
      annotate &&
      ((_frame, xl, values) => {
        const [inode, buf] = [values[inodeOf] as Inode | null, values[bufOf] as Iatt | null];
        if (inode === null || buf === null) return xdataOf(values);
        const at = xl.priv.inodeOf(inode, buf.iaGfid);
        return annotate(xl, at, row.name !== 'link', xdataOf(values));
      });
    const name = row.name as FopName;
    fops[name] = tapped(name, before, after, inodeOf < 0 ? undefined : replyXdata);
  }
  return fops as Fops<P>;
}
