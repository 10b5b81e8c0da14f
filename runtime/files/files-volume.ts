/**
 * Serves a file system that an author writes by path (`methods.ts`): finds the node of an inode, calls the author's
 * methods, and makes iatts of their answers.
 */

import type { Context } from '../core/context.ts';
import { Dict } from '../core/dict.ts';
import { EIO, ENOENT, ENOTDIR, EOPNOTSUPP, EROFS, ESTALE } from '../core/errno.ts';
import { type FileMethod, fileMethods } from '../core/file-methods.ts';
import { computeProtAfterChange, type Frame, type Stack } from '../core/frame.ts';
import { IA_IFDIR, IA_IFLNK, Iatt } from '../core/iatt.ts';
import type { Inode, InodeTable } from '../core/inode.ts';
import type { Fd, Loc } from '../core/operands.ts';
import { makeLoop } from '../core/turn.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, KILL_PRIV, NEGATIVE_TIMEOUT } from '../core/xdata.ts';
import type { Xlator } from '../core/xlator.ts';
import { findNameFault } from '../xlators/storage/shared/fop-values.ts';
import {
  type Absent,
  type Attributes,
  type FilesBackend,
  findType,
  type MethodCall,
  type TakeResult,
} from './methods.ts';
import { joinPath, type Node, Tree } from './node.ts';

const BLOCK_BYTES = 512;
const PAGE_BYTES = 4096;
/** The permission bits of attributes without a mode, by type. */
const DEFAULT_PROT: Readonly<Record<number, number>> = { [IA_IFDIR]: 0o755, [IA_IFLNK]: 0o777 };
const DEFAULT_FILE_PROT = 0o644;

/** Takes the node and attributes of a name: 0 with both, or the errno; `timeout` is the author's, if any. */
export type TakeNode = (errno: number, node: Node | null, timeout: number | undefined) => void;

/** The arguments of a call beside its path; the others are 0, and -1 for the handle. */
export interface CallArguments {
  readonly text?: string;
  readonly a?: number;
  readonly b?: number;
  readonly handle?: number;
  readonly data?: Uint8Array;
  readonly known?: MethodCall['known'];
}

/** Milliseconds between two requests of one system call, at most. */
const SAME_CALL_MS = 1;

/** The answer of `stat` to the last request, for the next one of the same system call. */
interface LastAnswer {
  readonly path: string;
  readonly errno: number;
  readonly value: unknown;
  readonly root: Stack;
  readonly backend: FilesBackend;
  readonly timesEntered: number;
  readonly ms: number;
}

/** An open file: the context of its fd. */
export class OpenFile {
  readonly node: Node;
  readonly handle: number;
  /** The bytes of the whole file, where `read` returns these. */
  whole: Uint8Array | null = null;

  constructor(node: Node, handle: number) {
    this.node = node;
    this.handle = handle;
  }
}

export class FilesVolume {
  /** The author's methods; a reload of a module replaces them. */
  backend: FilesBackend;
  readonly tree = new Tree();
  readonly xl: Xlator<unknown>;
  /** The owner of files whose attributes name none. */
  private readonly owner: { readonly uid: number; readonly gid: number };
  /** Seconds since 1970, for files whose attributes have no times. */
  private readonly startSeconds: number;
  /** Changes of names that wait: one at a time, as each is several calls. */
  private readonly waitingChanges: ((end: () => void) => void)[] = [];
  private isChanging = false;
  private lastAnswer: LastAnswer | null = null;

  constructor(
    xl: Xlator<unknown>,
    backend: FilesBackend,
    owner: FilesVolume['owner'],
    context: Context = xl.context,
  ) {
    this.xl = xl;
    this.backend = backend;
    this.owner = owner;
    this.startSeconds = context.sink.now() / 1000;
  }

  defines(method: FileMethod): boolean {
    return this.backend.defined.has(method);
  }

  /** The errno of a change that the author does not define: that of a read-only file system if there are no others. */
  get refusal(): number {
    const isReadOnly = !Object.entries(fileMethods).some(
      ([method, row]) => 'changes' in row && this.defines(method as FileMethod),
    );
    return isReadOnly ? EROFS : EOPNOTSUPP;
  }

  /** Calls a method; one that is not defined is refused. */
  call(
    frame: Frame,
    method: FileMethod,
    path: string,
    { text, a = 0, b = 0, handle = -1, data, known }: CallArguments,
    take: TakeResult,
  ) {
    if (!this.defines(method)) take(this.refusal, undefined);
    else
      this.backend.call(
        frame,
        { method, path, text, a, b, handle, data: data ?? null, known },
        take,
      );
  }

  /**
   * Runs a change of names when those before it have ended: each consists of several calls, between which an `async`
   * method lets others in. @param run calls its argument at the end
   */
  change(run: (end: () => void) => void) {
    this.waitingChanges.push(run);
    this.advanceChanges();
  }

  private readonly advanceChanges = makeLoop(() => {
    const run = this.isChanging ? undefined : this.waitingChanges.shift();
    if (run === undefined) return;
    this.isChanging = true;
    run(() => {
      this.isChanging = false;
      this.advanceChanges();
    });
  });

  // -- answers of stat ---------------------------------------------------------------------------

  /**
   * Takes the answer to the request before: in one system call the kernel looks a name up and then asks for its
   * attributes, or creates it, and one `stat` answers both.
   */
  takeLastAnswer(): LastAnswer | null {
    const { lastAnswer } = this;
    this.lastAnswer = null;
    return lastAnswer;
  }

  /** Calls `stat`, unless the answer to the request before stands: the same thread asks, and no code has run since. */
  private askStat(frame: Frame, path: string, last: LastAnswer | null, take: TakeResult) {
    if (last !== null && last.path === path && this.isOfSameCall(frame.root, last))
      take(last.errno, last.value);
    else this.call(frame, 'stat', path, {}, take);
  }

  private isOfSameCall({ pid, uid, gid, client }: Stack, last: LastAnswer): boolean {
    const { root, backend, timesEntered, ms } = last;
    return (
      root.pid === pid &&
      root.uid === uid &&
      root.gid === gid &&
      root.client === client &&
      backend === this.backend &&
      timesEntered === backend.timesEntered &&
      this.xl.context.now() - ms < SAME_CALL_MS
    );
  }

  private keepAnswer({ root }: Frame, path: string, errno: number, value: unknown) {
    const { backend } = this;
    const { timesEntered } = backend;
    const isOneThread = root.pid > 0 && root.initiator?.hints.pidIsThread === true;
    if (timesEntered === undefined || !isOneThread) return;
    const ms = this.xl.context.now();
    this.lastAnswer = { path, errno, value, root, backend, timesEntered, ms };
  }

  // -- nodes -------------------------------------------------------------------------------------

  /** Returns the node of an inode, or the errno. */
  findInodeNode(inode: Inode): Node | number {
    const own = inode.ctxGet(this.xl) as Node | undefined;
    const node = own?.isHeld === true ? own : (this.tree.find(inode.gfid) ?? own);
    if (node === undefined) return ESTALE;
    this.use(inode, node);
    return node;
  }

  /** Returns the node of a loc, or the errno. */
  findNode({ inode, gfid }: Loc): Node | number {
    this.lastAnswer = null;
    if (inode?.linked) return this.findInodeNode(inode);
    return this.tree.find(gfid) ?? ESTALE;
  }

  /** Returns the directory in which a loc's name is, or the errno. */
  findParent({ parent, name }: Loc): Node | number {
    this.lastAnswer = null;
    if (parent === null || name === null) return ENOENT;
    const node = this.findInodeNode(parent);
    if (typeof node === 'number') return node;
    if (!node.isDir) return ENOTDIR;
    if (node.path === null) return ENOENT;
    const fault = findNameFault(name);
    return fault === 0 ? node : fault;
  }

  /** Notes that a client uses an inode of a node. */
  use(inode: Inode | null, node: Node) {
    this.tree.restore(node);
    if (inode === null || node.isKnown) return;
    node.isKnown = true;
    inode.ctxSet(this.xl, node);
  }

  /**
   * Handles the end of an inode: the node is dropped unless the table has another inode for it, as one of a listing or
   * of a second lookup ends when it is linked.
   */
  forget(inode: Inode, node: Node) {
    node.isKnown = false;
    this.releaseListed(inode.table, node, inode);
  }

  /** Drops a node whose gfid no inode of the table has, `ended` apart. */
  releaseListed(table: InodeTable, node: Node, ended?: Inode) {
    const linked = table.find(node.gfid);
    if (linked === undefined || linked === ended) return this.tree.prune(node);
    linked.ctxSet(this.xl, node);
    this.use(linked, node);
  }

  // -- attributes --------------------------------------------------------------------------------

  /**
   * Asks for the attributes of a name in a directory, and provides its node.
   * @param last the answer to the request before @param keeps whether the next request may need the answer
   */
  statName(
    frame: Frame,
    parent: Node,
    name: string,
    { last = null, keeps = false }: { last?: LastAnswer | null; keeps?: boolean },
    take: TakeNode,
  ) {
    const dirPath = parent.path;
    if (dirPath === null) return take(ENOENT, null, undefined);
    const path = joinPath(dirPath, name);
    this.askStat(frame, path, last, (errno, value) => {
      if (keeps) this.keepAnswer(frame, path, errno, value);
      const answer = value as Attributes | Absent;
      const isAbsent = errno === ENOENT || (errno === 0 && 'absent' in answer);
      const existing = parent.children.get(name);
      if (isAbsent || existing?.isRemovedAtClose === true) {
        if (existing?.isRemovedAtClose !== true) this.tree.removeName(parent, name);
        take(ENOENT, null, errno === 0 ? answer.timeout : undefined);
      } else if (errno !== 0) take(errno, null, undefined);
      else this.takeAttributes(parent, name, answer as Attributes, take);
    });
  }

  private takeAttributes(parent: Node, name: string, answer: Attributes, take: TakeNode): void {
    const node = this.tree.provide(parent, name, findType(answer)!, answer.ino);
    node.iatt = this.makeIatt(node, answer);
    take(0, node, answer.timeout);
  }

  /** Asks for the attributes of a node; those of a removed one are its last, without a link. */
  statNode(frame: Frame, node: Node, take: TakeNode, last: LastAnswer | null = null) {
    const { path } = node;
    if (path === null) {
      if (node.iatt === null) return take(ESTALE, null, undefined);
      node.iatt = Object.assign(new Iatt(), node.iatt, { iaNlink: 0 });
      return take(0, node, undefined);
    }
    this.askStat(frame, path, last, (errno, value) => {
      const answer = value as Attributes | Absent;
      const isAbsent = errno === ENOENT || (errno === 0 && 'absent' in answer);
      if (isAbsent && node === this.tree.root) {
        node.iatt = this.makeIatt(node, {});
        take(0, node, undefined);
      } else if (isAbsent) {
        take(ESTALE, null, undefined);
      } else if (errno !== 0) take(errno, null, undefined);
      else if (findType(answer as Attributes) !== node.type)
        // Another file has the name by now.
        take(node === this.tree.root ? EIO : ESTALE, null, undefined);
      else {
        node.iatt = this.makeIatt(node, answer as Attributes);
        take(0, node, answer.timeout);
      }
    });
  }

  makeIatt(node: Node, attributes: Attributes): Iatt {
    const { startSeconds, owner } = this;
    const { mode, size, nlink, uid, gid, atime, mtime, ctime } = attributes;
    const buf = new Iatt();
    buf.iaGfid = node.gfid;
    buf.iaType = node.type;
    buf.iaProt = mode == null ? (DEFAULT_PROT[node.type] ?? DEFAULT_FILE_PROT) : mode & 0o7777;
    buf.iaNlink = node.isRemovedAtClose ? 0 : (nlink ?? (node.isDir ? 2 : 1));
    buf.iaUid = uid ?? owner.uid;
    buf.iaGid = gid ?? owner.gid;
    buf.iaSize = size ?? (node.isDir ? PAGE_BYTES : 0);
    buf.iaBlocks = Math.ceil(buf.iaSize / BLOCK_BYTES);
    buf.iaBlksize = PAGE_BYTES;
    const modified = mtime ?? startSeconds;
    [buf.iaAtime, buf.iaAtimeNsec] = splitSeconds(atime ?? modified);
    [buf.iaMtime, buf.iaMtimeNsec] = splitSeconds(modified);
    [buf.iaCtime, buf.iaCtimeNsec] = splitSeconds(ctime ?? modified);
    return buf;
  }

  /**
   * Clears set-user-id and set-group-id after a change of data, where xdata has KILL_PRIV and the author has `setattr`;
   * then ends.
   */
  clearPrivilege(
    frame: Frame,
    { node, handle }: { readonly node: Node; readonly handle: number },
    xdata: Dict | null,
    end: () => void,
  ) {
    const { iatt, path } = node;
    const isAsked = xdata?.number(KILL_PRIV) !== undefined && this.defines('setattr');
    const mode = iatt === null ? 0 : computeProtAfterChange(iatt, frame.root);
    if (!isAsked || iatt === null || mode === iatt.iaProt) return end();
    const text = JSON.stringify({ mode });
    this.call(frame, 'setattr', path ?? '', { text, handle }, (errno) => {
      if (errno === 0) node.iatt = Object.assign(new Iatt(), iatt, { iaProt: mode });
      end();
    });
  }

  // -- open files --------------------------------------------------------------------------------

  /** Opens a node for an fd. */
  addOpenFile(fd: Fd, node: Node, handle: number): OpenFile {
    const file = new OpenFile(node, handle);
    node.openCount += 1;
    fd.ctxSet(this.xl, file);
    return file;
  }

  /** Returns the open file of an fd, also of one that a translator made without an open; or the errno. */
  findOpenFile(fd: Fd): OpenFile | number {
    this.lastAnswer = null;
    const file = fd.ctxGet(this.xl) as OpenFile | undefined;
    if (file !== undefined) return file;
    const node = this.findInodeNode(fd.inode);
    return typeof node === 'number' ? node : this.addOpenFile(fd, node, -1);
  }

  /** Ends an open file; the last of a removed one removes it from the storage. @param frame of a request of its own */
  release(file: OpenFile, makeFrame: () => Frame) {
    const { node, handle } = file;
    const { path } = node;
    node.openCount -= 1;
    const ignore = (): void => {};
    if (handle >= 0 && this.defines('close'))
      this.call(makeFrame(), 'close', path ?? '', { handle }, ignore);
    if (node.openCount > 0) return;
    if (node.isRemovedAtClose && path !== null) {
      const { parent, name } = node.names[0]!;
      this.tree.removeName(parent, name);
      this.call(makeFrame(), 'remove', path, {}, ignore);
    }
    this.tree.prune(node);
  }
}

/** Splits seconds into whole ones and nanoseconds. */
function splitSeconds(time: number): [seconds: number, nanoseconds: number] {
  const seconds = Math.floor(time);
  return [seconds, Math.min(999_999_999, Math.round((time - seconds) * 1e9))];
}

/** Makes a reply's xdata with the author's timeout; null without one. */
export function makeTimeouts(timeout: number | undefined, ...keys: readonly string[]): Dict | null {
  if (timeout === undefined || timeout === null) return null;
  const dict = new Dict();
  for (const key of keys) dict.set(key, timeout, 'double');
  return dict;
}

export const makeEntryTimeouts = (timeout: number | undefined): Dict | null =>
  makeTimeouts(timeout, ENTRY_TIMEOUT, ATTRIBUTE_TIMEOUT);
export const makeNegativeTimeout = (timeout: number | undefined): Dict | null =>
  makeTimeouts(timeout, NEGATIVE_TIMEOUT);
