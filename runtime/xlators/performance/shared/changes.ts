/**
 * The fops that change inodes: one pair of hooks for all of them, so that a cache says once what
 * happens then.
 *
 * Fops on one file (a write, a new mode) call `before` with its inode and `after` with what `before`
 * has returned and the attributes in the reply. Fops on names change several inodes, and call the hooks
 * for each: folders, what the name leads to, and what it led to.
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
import { type InodeCache, inodeAt, type Kept } from './inode-cache.ts';

/** Fops that change what is in a file, and with it its attributes. */
export const dataFops = [
  'writev',
  'truncate',
  'ftruncate',
  'fallocate',
  'discard',
  'zerofill',
  'copy_file_range',
] as const satisfies readonly FopName[];

/** Fops that change nothing but attributes, extended ones among them. */
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

/** Where attributes after a change are in the replies of these. */
const AFTER = /^(?:postbuf|statpost|postbuf_dst)$/;
/** The argument that is changed: by default the first. */
const COPY = findFop('copy_file_range')!.number;
const COPIES_TO = 2;

const attributesAt: number[] = [];
for (const { number, reply } of rows) {
  attributesAt[number] = reply.findIndex(({ name }) => AFTER.test(name));
}

export interface ChangeHooks<P, K extends Kept> {
  /** It changed, and these are its attributes now; null where nobody knows. */
  readonly learn?: { learn(xl: Xlator<P>, kept: K, buf: Iatt, inode: Inode): void }['learn'];
  /** Something was made that nobody knew before, under this name. */
  readonly made?: {
    made(xl: Xlator<P>, inode: Inode, buf: Iatt, loc: Loc, asked: number): void;
  }['made'];
  /** It may have changed, its data too with `isWrite`, by a request of this client. */
  readonly changed?: {
    changed(xl: Xlator<P>, client: Client | null, inode: Inode, isWrite: boolean): void;
  }['changed'];
  /**
   * The xdata of a reply that has told the attributes of an inode; and, where `isNamed`, of a name that
   * leads there, which the request has made with it.
   */
  readonly told?: {
    told(xl: Xlator<P>, inode: Inode, isNamed: boolean, xdata: Dict | null): Dict | null;
  }['told'];
  /** The same of a name. */
  readonly renamed?: { renamed(xl: Xlator<P>, client: Client | null, loc: Loc): void }['renamed'];
}

/** What a change under way has changed. */
export class Change<K extends Kept> {
  readonly kept: K;
  readonly inode: Inode;

  constructor(kept: K, inode: Inode) {
    this.kept = kept;
    this.inode = inode;
  }
}

/** The xdata of a reply that is no error, from all of its values, that one last. */
type Tell<P> = (frame: Frame, xl: Xlator<P>, values: readonly unknown[]) => Dict | null;

/** A fop that is watched, and whose reply says more than the child's where `tell` is given. */
function watched<P>(
  name: FopName,
  before: Before<P>,
  after: After<P>,
  tell: Tell<P> | undefined,
): unknown {
  if (tell === undefined) return tap[name]<P>(before, after);
  const { number } = findFop(name)!;
  const cbk = collectCbk[name]((frame, _cookie, any, opRet, opErrno, values) => {
    const xl = any as Xlator<P>;
    after(frame, xl, number, opRet, opErrno, ...values);
    const reply = opRet < 0 ? values : values.with(-1, tell(frame, xl, values));
    unwindArgs[name](frame, opRet, opErrno, reply);
  });
  return collect[name]((frame, any, args) => {
    const errno = before(frame, any as Xlator<P>, number, ...args);
    if (errno === 0) windArgs[name](frame, 0, cbk as never, any.children[0]!, args);
    else fail[name](frame, errno);
  });
}

const xdataOf = (values: readonly unknown[]): Dict | null => values.at(-1) as Dict | null;

/** Fops on one file, told to a cache: those that write, or those that do not. */
export function fileChanges<P extends InodeCache<K>, K extends Kept>(
  names: readonly FopName[],
  { learn, changed, told }: ChangeHooks<P, K> = {},
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
    const isNow = xl.priv.changed(change.kept, isWrite);
    changed?.(xl, frame.root.client, change.inode, isWrite);
    if (!isNow || opRet < 0 || learn === undefined) return;
    const at = attributesAt[fop]!;
    const buf = (at === COPIES_TO ? third : at === 1 ? second : at === 0 ? first : null) as Iatt;
    if (buf?.known) learn(xl, change.kept, buf, change.inode);
  };
  const tell: Tell<P> | undefined =
    told &&
    ((frame, xl, values) => {
      const change = frame.local as Change<K> | null;
      return change === null ? xdataOf(values) : told(xl, change.inode, false, xdataOf(values));
    });
  const made: Partial<Record<FopName, unknown>> = {};
  for (const name of names) made[name] = watched(name, before, after, tell);
  return made as Fops<P>;
}

/** An inode that a fop on names changes: which, and where its attributes then are in the reply. */
interface Part {
  inode(args: readonly unknown[]): Inode | null;
  readonly attributes: number;
  /** It is there already, if the fop is to succeed. */
  readonly exists?: boolean;
}

function partsOf({ args, reply, entry }: FopRow): readonly Part[] {
  const loc = (name: string | undefined) => args.findIndex((arg) => arg.name === name);
  const at = (...names: string[]) => reply.findIndex(({ name }) => names.includes(name));
  const [made, gone] = [loc(entry.creates), loc(entry.removes)];
  const old = loc('oldloc');
  const folder = (which: number, attributes: number): Part => ({
    inode: (given) => (given[which] as Loc).parent,
    attributes,
  });
  const target = (which: number, attributes: number, exists = true): Part => ({
    inode: (given) => (given[which] as Loc).inode,
    attributes,
    exists,
  });
  return [
    ...(made < 0 ? [] : [folder(made, at('postparent', 'postnewparent'))]),
    ...(gone < 0 ? [] : [folder(gone, at('postparent', 'postoldparent'))]),
    ...(old >= 0 ? [target(old, at('buf'))] : gone < 0 ? [] : [target(gone, -1)]),
    // A link leads to the file itself, of which the reply tells: that was said before.
    ...(made < 0 ? [] : [target(made, -1, gone >= 0)]),
  ];
}

interface Naming<K extends Kept> {
  readonly changes: readonly (Change<K> | null)[];
  /** The name that comes into being, and the one that goes. */
  readonly loc: Loc | null;
  readonly gone: Loc | null;
  /** What it removes, or replaces, is not known. */
  readonly isUnknown: boolean;
  /** The clock when it went down. */
  readonly asked: number;
}

/** Fops on names, told to a cache. */
export function nameChanges<P extends InodeCache<K>, K extends Kept>(
  hooks: ChangeHooks<P, K> = {},
): Fops<P> {
  const { learn, made, changed, renamed, told } = hooks;
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
    // Names are made and removed rarely enough for arrays.
    const before: Before<P> = (frame, xl, _fop, ...args) => {
      const inodes = parts.map((part) => part.inode(args));
      const changes = inodes.map((inode, nth) => {
        // Two parts may be the same folder.
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
        const isNow = xl.priv.changed(change.kept);
        changed?.(xl, client, change.inode, false);
        const at = parts[nth]!.attributes;
        const buf = (at < 0 ? null : reply[at]) as Iatt | null;
        const learns = isNow && opRet >= 0 && buf?.known && buf.iaGfid === change.inode.gfid;
        if (learns) learn?.(xl, change.kept, buf, change.inode);
      });
      for (const each of [loc, gone]) if (each !== null) renamed?.(xl, client, each);
      if (opRet < 0 || loc === null || inodeOf < 0 || row.name === 'link') return;
      const [inode, buf] = [reply[inodeOf] as Inode | null, reply[bufOf] as Iatt | null];
      if (inode === null || buf === null) return;
      // A file may have been there, and have been emptied.
      const at = xl.priv.inodeOf(inode, buf.iaGfid);
      if (at.linked) {
        xl.priv.invalidate(at);
        changed?.(xl, client, at, true);
      } else if (buf.known) made?.(xl, inode, buf, loc, asked);
    };
    const tell: Tell<P> | undefined =
      told &&
      ((_frame, xl, values) => {
        const [inode, buf] = [values[inodeOf] as Inode | null, values[bufOf] as Iatt | null];
        if (inode === null || buf === null) return xdataOf(values);
        const at = xl.priv.inodeOf(inode, buf.iaGfid);
        return told(xl, at, row.name !== 'link', xdataOf(values));
      });
    const name = row.name as FopName;
    fops[name] = watched(name, before, after, inodeOf < 0 ? undefined : tell);
  }
  return fops as Fops<P>;
}
