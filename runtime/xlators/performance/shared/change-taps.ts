/**
 * Makes the fops by which the caching translators of performance/ learn of changes. Each is a tap: it passes a request
 * unchanged, and reports to the cache which inodes it changes. There are taps for fops on one file (`makeFileFopTaps`),
 * and on names (`makeNameFopTaps`).
 *
 * A fop on one file (a write, a chmod) drops what is cached of its inode at the wind, and again at the reply, which may
 * bring new attributes. A fop on names does so for each inode concerned: the directories, the inode of the name, and
 * the inode that it replaces. `ChangeHooks` are the cache's own actions.
 */

import type { Client } from '../../../core/client.ts';
import type { Dict } from '../../../core/dict.ts';
import { type FopRow, findFop, fops as fopRows } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fail,
  unwindArgs,
  windArgs,
} from '../../../core/gen/fops.gen.ts';
import { type After, type Before, tap } from '../../../core/gen/taps.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Fops, Xlator } from '../../../core/xlator.ts';
import { findArgumentInode, type InodeCache, type InodeState } from './inode-cache.ts';

/** Fops that change a file's data, and with it its attributes. */
export const dataChangingFops = [
  'writev',
  'truncate',
  'ftruncate',
  'fallocate',
  'discard',
  'zerofill',
  'copy_file_range',
] as const satisfies readonly FopName[];

/** Fops that change only attributes: mode, owner and times. They may remove extended attributes, but add none. */
export const attributeChangingFops = ['setattr', 'fsetattr'] as const satisfies readonly FopName[];

/** Fops that change extended attributes. */
export const xattrChangingFops = [
  'setxattr',
  'fsetxattr',
  'removexattr',
  'fremovexattr',
  'xattrop',
  'fxattrop',
] as const satisfies readonly FopName[];

const changingFops: ReadonlySet<string> = new Set<string>([
  // With O_TRUNC.
  'open',
  ...[...dataChangingFops, ...attributeChangingFops, ...xattrChangingFops],
  ...fopRows.filter(({ entry }) => entry.creates ?? entry.removes).map(({ name }) => name),
]);

/**
 * Returns a cache's fops in pass-through: those that change anything. Without them, a change that ends after option
 * pass-through is off again would outdate what is cached by then.
 */
export const selectChangingFops = <P>(fops: Fops<P>): Fops<P> =>
  Object.fromEntries(Object.entries(fops).filter(([name]) => changingFops.has(name)));

/** Names under which replies have the attributes after the change. */
const ATTRIBUTES_AFTER = /^(?:postbuf|statpost|postbuf_dst)$/;
/** The fop whose third argument is the changed file; other fops change their first. */
const COPY_FILE_RANGE = findFop('copy_file_range')!.number;
/** Index of the changed file's attributes in that fop's reply. */
const COPY_TARGET_INDEX = 2;

/** By fop number: the index of the attributes after the change in its reply, or -1. */
const attributeIndexes: number[] = [];
for (const { number, reply } of fopRows) {
  attributeIndexes[number] = reply.findIndex(({ name }) => ATTRIBUTES_AFTER.test(name));
}

/** The actions of a cache at changes; `K` is its state of an inode. cache-translator.ts explains the members' types. */
export interface ChangeHooks<P, K extends InodeState> {
  /** Called when an inode has changed, and these are its attributes now. */
  readonly onAttributes?: {
    onAttributes(xl: Xlator<P>, state: K, buf: Iatt, inode: Inode): void;
  }['onAttributes'];
  /** Called when a new inode was created under this name. */
  readonly onCreate?: {
    onCreate(xl: Xlator<P>, inode: Inode, buf: Iatt, createdLoc: Loc, clockAtWind: number): void;
  }['onCreate'];
  /** Called when a request of `client` may have changed an inode; with `isWrite`, its data, too. */
  readonly onChange?: {
    onChange(xl: Xlator<P>, client: Client | null, inode: Inode, isWrite: boolean): void;
  }['onChange'];
  /**
   * Returns the xdata to unwind with a reply that carries an inode's attributes.
   * @param isNamed whether the request has also created the inode's name
   */
  readonly annotate?: {
    annotate(xl: Xlator<P>, inode: Inode, isNamed: boolean, xdata: Dict | null): Dict | null;
  }['annotate'];
  /** Called when a name was created, replaced or removed. */
  readonly onNameChange?: {
    onNameChange(xl: Xlator<P>, client: Client | null, changedLoc: Loc): void;
  }['onNameChange'];
}

/** An inode whose change is under way. */
export class PendingChange<K extends InodeState> {
  readonly state: K;
  readonly inode: Inode;

  constructor(state: K, inode: Inode) {
    this.state = state;
    this.inode = inode;
  }
}

/** Returns the xdata to unwind with a successful reply; `values` are the reply's, xdata the last of them. */
type ReplyXdata<P> = (frame: Frame, xl: Xlator<P>, values: readonly unknown[]) => Dict | null;

/**
 * Makes a fop that calls `beginChange` before the wind and `endChange` at the reply, whose xdata `replyXdata` replaces.
 */
function makeTap<P>(
  name: FopName,
  beginChange: Before<P>,
  endChange: After<P>,
  replyXdata: ReplyXdata<P> | undefined,
): unknown {
  if (replyXdata === undefined) return tap[name]<P>(beginChange, endChange);
  const { number } = findFop(name)!;
  const cbk = collectCbk[name]((frame, _cookie, untypedXl, opRet, opErrno, values) => {
    const xl = untypedXl as Xlator<P>;
    endChange(frame, xl, number, opRet, opErrno, ...values);
    const reply = opRet < 0 ? values : values.with(-1, replyXdata(frame, xl, values));
    unwindArgs[name](frame, opRet, opErrno, reply);
  });
  return collect[name]((frame, untypedXl, args) => {
    const errno = beginChange(frame, untypedXl as Xlator<P>, number, ...args);
    if (errno === 0) windArgs[name](frame, 0, cbk as never, untypedXl.children[0]!, args);
    else fail[name](frame, errno);
  });
}

/** Returns a reply's xdata. */
const getXdata = (values: readonly unknown[]): Dict | null => values.at(-1) as Dict | null;

/**
 * Makes fops on one file that report changes to a cache.
 * @param names one of the lists above: all write data, or none; all may add extended attributes, or none
 */
export function makeFileFopTaps<P extends InodeCache<K>, K extends InodeState>(
  names: readonly FopName[],
  { onAttributes, onChange, annotate }: ChangeHooks<P, K> = {},
): Fops<P> {
  const isWrite = (dataChangingFops as readonly FopName[]).includes(names[0]!);
  const addsXattrs = (xattrChangingFops as readonly FopName[]).includes(names[0]!);
  const beginChange: Before<P> = (frame, xl, fop, first, _second, third) => {
    const inode = findArgumentInode(xl, (fop === COPY_FILE_RANGE ? third : first) as Loc | Fd);
    if (inode === null) return 0;
    frame.local = new PendingChange(xl.priv.beginChange(inode, addsXattrs), inode);
    return 0;
  };
  const endChange: After<P> = (frame, xl, fop, opRet, _opErrno, first, second, third) => {
    const change = frame.local as PendingChange<K> | null;
    if (change === null) return;
    // False if another change of the inode ran at the same time.
    const isCurrent = xl.priv.endChange(change.state, addsXattrs);
    onChange?.(xl, frame.root.client, change.inode, isWrite);
    if (!isCurrent || opRet < 0 || onAttributes === undefined) return;
    const replyIndex = attributeIndexes[fop]!;
    // These fops are frequent: no array of the reply is made.
    const buf = (
      replyIndex === COPY_TARGET_INDEX
        ? third
        : replyIndex === 1
          ? second
          : replyIndex === 0
            ? first
            : null
    ) as Iatt;
    if (buf?.known) onAttributes(xl, change.state, buf, change.inode);
  };
  const replyXdata: ReplyXdata<P> | undefined =
    annotate &&
    ((frame, xl, values) => {
      const change = frame.local as PendingChange<K> | null;
      return change === null
        ? getXdata(values)
        : annotate(xl, change.inode, false, getXdata(values));
    });
  const fops: Partial<Record<FopName, unknown>> = {};
  for (const name of names) fops[name] = makeTap(name, beginChange, endChange, replyXdata);
  return fops as Fops<P>;
}

/** Tells how to find an inode that a fop on names changes, in its arguments and reply. */
interface ChangedInodeRule {
  /** Returns the inode, from the fop's arguments. */
  findInode(args: readonly unknown[]): Inode | null;
  /** Index of the inode's new attributes in the reply; -1 if the reply lacks them. */
  readonly attributesIndex: number;
  /** Whether the fop needs the inode to exist. Such an inode that is not in the inode table is unknown. */
  readonly mustExist?: boolean;
}

/** Makes the rules for the inodes that a fop on names changes, from its row in the table of fops. */
function makeChangedInodeRules({ args, reply, entry }: FopRow): readonly ChangedInodeRule[] {
  const findArgument = (name: string | undefined) => args.findIndex((arg) => arg.name === name);
  const findReplyPart = (...names: string[]) => reply.findIndex(({ name }) => names.includes(name));
  const [createdIndex, removedIndex] = [findArgument(entry.creates), findArgument(entry.removes)];
  const oldIndex = findArgument('oldloc');
  const makeParent = (locIndex: number, attributesIndex: number): ChangedInodeRule => ({
    findInode: (args) => (args[locIndex] as Loc).parent,
    attributesIndex,
  });
  const makeTarget = (
    locIndex: number,
    attributesIndex: number,
    mustExist = true,
  ): ChangedInodeRule => ({
    findInode: (args) => (args[locIndex] as Loc).inode,
    attributesIndex,
    mustExist,
  });
  return [
    ...(createdIndex < 0
      ? []
      : [makeParent(createdIndex, findReplyPart('postparent', 'postnewparent'))]),
    ...(removedIndex < 0
      ? []
      : [makeParent(removedIndex, findReplyPart('postparent', 'postoldparent'))]),
    ...(oldIndex >= 0
      ? [makeTarget(oldIndex, findReplyPart('buf'))]
      : removedIndex < 0
        ? []
        : [makeTarget(removedIndex, -1)]),
    // The inode of the created name, which a rename or create may replace. For a link it is the old inode, listed
    // above.
    ...(createdIndex < 0 ? [] : [makeTarget(createdIndex, -1, removedIndex >= 0)]),
  ];
}

/** A fop on names under way. */
interface NameChange<K extends InodeState> {
  readonly changes: readonly (PendingChange<K> | null)[];
  /** The created name; null for a fop that creates none. */
  readonly createdLoc: Loc | null;
  /** The removed name; null for a fop that removes none. */
  readonly removedLoc: Loc | null;
  /** Whether an inode that it removes or replaces is not in the inode table. */
  readonly hasUnknownInode: boolean;
  /** The cache's clock at the wind. */
  readonly clockAtWind: number;
}

/** Makes all fops on names; they report changes to a cache. */
export function makeNameFopTaps<P extends InodeCache<K>, K extends InodeState>(
  hooks: ChangeHooks<P, K> = {},
): Fops<P> {
  const { onAttributes, onCreate, onChange, onNameChange, annotate } = hooks;
  const fops: Partial<Record<FopName, unknown>> = {};
  for (const row of fopRows) {
    const { args: argumentRows, reply: replyRows, entry } = row;
    if (entry.creates === undefined && entry.removes === undefined) continue;
    const changedInodeRules = makeChangedInodeRules(row);
    const [createdIndex, removedIndex] = [entry.creates, entry.removes].map((argument) =>
      argumentRows.findIndex(({ name }) => name === argument),
    ) as [number, number];
    const [inodeIndex, bufIndex] = ['inode', 'buf'].map((part) =>
      replyRows.findIndex(({ name }) => name === part),
    ) as [number, number];
    // These fops are rare enough to afford arrays.
    const beginChange: Before<P> = (frame, xl, _fop, ...args) => {
      const inodes = changedInodeRules.map((rule) => rule.findInode(args));
      const changes = inodes.map((inode, index) => {
        // A rename's two parents may be the same directory, which changes only once.
        if (!inode?.linked || inodes.indexOf(inode) !== index) return null;
        return new PendingChange(xl.priv.beginChange(inode), inode);
      });
      const findLoc = (index: number): Loc | null => (index < 0 ? null : (args[index] as Loc));
      const [createdLoc, removedLoc] = [findLoc(createdIndex), findLoc(removedIndex)];
      const hasUnknownInode = changedInodeRules.some(
        ({ mustExist }, index) => mustExist && !inodes[index]?.linked,
      );
      if (hasUnknownInode) xl.priv.beginUnknownChange();
      frame.local = {
        changes,
        createdLoc,
        removedLoc,
        hasUnknownInode,
        clockAtWind: xl.priv.clock,
      } satisfies NameChange<K>;
      return 0;
    };
    const endChange: After<P> = (frame, xl, _fop, opRet, _opErrno, ...reply) => {
      const { changes, createdLoc, removedLoc, hasUnknownInode, clockAtWind } =
        frame.local as NameChange<K>;
      const { client } = frame.root;
      if (hasUnknownInode) xl.priv.endUnknownChange();
      changes.forEach((change, index) => {
        if (change === null) return;
        const isCurrent = xl.priv.endChange(change.state);
        onChange?.(xl, client, change.inode, false);
        const replyIndex = changedInodeRules[index]!.attributesIndex;
        const buf = (replyIndex < 0 ? null : reply[replyIndex]) as Iatt | null;
        const isUsable = isCurrent && opRet >= 0 && buf?.known && buf.iaGfid === change.inode.gfid;
        if (isUsable) onAttributes?.(xl, change.state, buf, change.inode);
      });
      for (const changedLoc of [createdLoc, removedLoc])
        if (changedLoc !== null) onNameChange?.(xl, client, changedLoc);
      if (opRet < 0 || createdLoc === null || inodeIndex < 0 || row.name === 'link') return;
      const [inode, buf] = [reply[inodeIndex] as Inode | null, reply[bufIndex] as Iatt | null];
      if (inode === null || buf === null) return;
      // A create may have found a known file under a new name, and truncated it.
      const tableInode = xl.priv.findTableInode(inode, buf.iaGfid);
      if (tableInode.linked) {
        xl.priv.invalidate(tableInode);
        onChange?.(xl, client, tableInode, true);
      } else if (buf.known) onCreate?.(xl, inode, buf, createdLoc, clockAtWind);
    };
    const replyXdata: ReplyXdata<P> | undefined =
      annotate &&
      ((_frame, xl, values) => {
        const [inode, buf] = [values[inodeIndex] as Inode | null, values[bufIndex] as Iatt | null];
        if (inode === null || buf === null) return getXdata(values);
        const tableInode = xl.priv.findTableInode(inode, buf.iaGfid);
        return annotate(xl, tableInode, row.name !== 'link', getXdata(values));
      });
    const name = row.name as FopName;
    fops[name] = makeTap(name, beginChange, endChange, inodeIndex < 0 ? undefined : replyXdata);
  }
  return fops as Fops<P>;
}
