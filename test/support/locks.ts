/**
 * Tests' helpers for features/locks: the translator over a leaf that grants all, and requests of
 * many owners.
 */
import { connect } from '../../runtime/api/driver.ts';
import type { Client } from '../../runtime/core/client.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { Stack } from '../../runtime/core/frame.ts';
import {
  collectCbk,
  type FopName,
  type FopTable,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import type { Flock } from '../../runtime/core/lock.ts';
import { Fd } from '../../runtime/core/operands.ts';
import { FLOCK } from '../../runtime/core/xdata.ts';
import type { Xlator } from '../../runtime/core/xlator.ts';
import locks from '../../runtime/xlators/features/locks/index.ts';
import type { VolumeLocks } from '../../runtime/xlators/features/locks/volume-locks.ts';
import {
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  makeAttributes,
  makeGfid,
  type Reply,
  startGraph,
} from './core.ts';

export const OK = { count: 1, opRet: 0 };
export const WAITS = { count: 0 };
export const failedReply = (opErrno: number) => ({ count: 1, opRet: -1, opErrno });

export async function setUp(options: Record<string, string> = {}) {
  const leaf = new HeldLeaf();
  leaf.onRequest = (request: HeldRequest) => request.answer(0, 0, null);
  const context = new FakeContext();
  context.time = Date.UTC(2026, 10, 20, 12, 0, 0);
  const volumes = [{ translator: leaf.translator }, { translator: locks, options }];
  const graph = await startGraph(volumes, context);
  const xl = graph.top as Xlator<VolumeLocks>;
  const { inodes } = graph;
  const makeFile = (name: string, number: number): Inode =>
    inodes.link(inodes.newInode(), inodes.root, name, makeAttributes(makeGfid(number), IA_IFREG))!;
  /** A fop of a lock owner, with its number as pid. */
  const windAs = <N extends FopName>(owner: number, name: N, ...args: FopTable[N]['args']): Reply =>
    windAsClient(client, owner, name, ...args);
  const client = connect(graph);
  /** A fop of a lock owner of another client. */
  const windAsClient = <N extends FopName>(
    by: Client,
    owner: number,
    name: N,
    ...args: FopTable[N]['args']
  ): Reply => {
    const frame = by.begin(new Stack(0, 0, owner, name.toUpperCase()));
    frame.root.lkOwner = owner === 0 ? '' : owner.toString(16).padStart(16, '0');
    const reply: Reply = { count: 0, opRet: NaN, opErrno: NaN, values: [], frame };
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      by.end(frame.root);
      Object.assign(reply, { count: reply.count + 1, opRet, opErrno, values });
    });
    windArgs[name](frame, 0, cbk as never, graph.links, args);
    return reply;
  };
  const inode = makeFile('f', 7);
  const fd = new Fd(inode, 2, 1);
  const lk = (owner: number, cmd: number, type: number, start = 0, len = 0, by = fd): Reply =>
    windAs(owner, 'lk', by, cmd, { type, whence: 0, start, len, pid: owner, owner: '' }, null);
  const flock = (owner: number, cmd: number, type: number, by = fd): Reply => {
    const whole = { type, whence: 0, start: 0, len: 0, pid: owner, owner: '' };
    return windAs(owner, 'lk', by, cmd, whole, Dict.of({ [FLOCK]: 1 }));
  };
  const dump = () => locks.dump!(xl);
  return {
    leaf,
    context,
    graph,
    client,
    xl,
    file: makeFile,
    as: windAs,
    asClient: windAsClient,
    inode,
    fd,
    lk,
    flock,
    dump,
  };
}

/** A lock found by F_GETLK. */
export const foundLock = ({ values }: Reply): Partial<Flock> => {
  const { type, start, len, pid } = values[0] as Flock;
  return { type, start, len, pid };
};
