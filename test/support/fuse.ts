/**
 * A FUSE session without a kernel: tests write requests and read replies at the other end of a
 * socket pair.
 */

import { ENOENT } from '../../runtime/core/errno.ts';
import { fail, unwind } from '../../runtime/core/gen/fops.gen.ts';
import { gfidFromBytes, ROOT_GFID } from '../../runtime/core/gfid.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { INFO, Log } from '../../runtime/core/log.ts';
import type { Fop, Fops } from '../../runtime/core/xlator.ts';
import { defineTranslator, type Translator } from '../../runtime/core/xlator.ts';
import {
  makeFuseInitiator,
  Session,
  type SessionOptions,
} from '../../runtime/mount/fuse/session.ts';
import { close, poll, read } from '../../runtime/sys/libc.ts';
import { makeSocketpair } from '../../runtime/sys/socket.ts';
import { PollSet } from '../../runtime/sys/struct.ts';
import { FakeContext, makeGraph, type TestVolume } from './core.ts';

/** A part of a body: u32, u64, text (a name with its NUL), or bytes. */
export type Part = { u32: number } | { u64: number } | string | Uint8Array;

export const u32 = (value: number): Part => ({ u32: value });
export const u64 = (value: number): Part => ({ u64: value });

/** A body as bytes. */
export function pack(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`);
      if (part instanceof Uint8Array) return Buffer.from(part);
      const bytes = Buffer.alloc('u32' in part ? 4 : 8);
      if ('u32' in part) bytes.writeUInt32LE(part.u32 >>> 0);
      else bytes.writeBigUInt64LE(BigInt(part.u64));
      return bytes;
    }),
  );
}

export interface Answer {
  readonly unique: number;
  /** 0 or a negative errno, as on the wire. */
  readonly error: number;
  readonly body: Buffer;
}

/** Attributes of the `number`-th inode of a test; its gfid ends in that number. */
export function makeIatt(number: number, iaType = IA_IFREG): Iatt {
  const iatt = new Iatt();
  const bytes = new Uint8Array(16).fill(7, 0, 8);
  new DataView(bytes.buffer).setUint32(12, number);
  iatt.iaGfid = gfidFromBytes(bytes);
  iatt.iaType = iaType;
  iatt.iaProt = 0o644;
  iatt.iaNlink = 1;
  iatt.iaCtime = 1;
  return iatt;
}

const rootIatt = (): Iatt =>
  Object.assign(new Iatt(), { iaGfid: ROOT_GFID, iaType: IA_IFDIR, iaNlink: 2, iaCtime: 1 });

/** The default lookup: finds `dir` (number 1, a directory) and `file` (2) only. */
const lookup: Fop<'lookup', null> = (frame, _xl, loc) => {
  if (loc.name === null) unwind.lookup(frame, 0, 0, loc.inode, rootIatt(), null, null);
  else if (loc.name === 'dir') {
    unwind.lookup(frame, 0, 0, loc.inode, makeIatt(1, IA_IFDIR), null, null);
  } else if (loc.name === 'file') unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), null, null);
  else fail.lookup(frame, ENOENT);
};

export class Rig {
  readonly lines: string[];
  readonly graph: Graph;
  readonly session: Session;
  private readonly pair: readonly [number, number];
  private lastUnique = 0;
  /** The caller in the headers of later requests. */
  caller = { uid: 0, gid: 0, pid: 0 };

  private constructor(
    lines: string[],
    graph: Graph,
    session: Session,
    pair: readonly [number, number],
  ) {
    this.lines = lines;
    this.graph = graph;
    this.session = session;
    this.pair = pair;
  }

  /** A session on a graph of one volume with these fops. */
  static async make(
    fops: Fops<null> & { release?: (fd: number) => void } = {},
    options: Partial<SessionOptions> = {},
  ): Promise<Rig> {
    const { release, ...own } = fops;
    const leaf = defineTranslator<null, Record<string, never>>({
      type: 'debug/leaf',
      description: 'Answers what the test says.',
      children: [0, 0],
      options: {},
      fops: { lookup, ...own },
      init: () => null,
      release: (_xl, fd) => release?.(fd.id),
    });
    return Rig.startOver([{ translator: leaf as Translator<unknown> }], options);
  }

  /** A session on a graph of these volumes, the top last. */
  static async startOver(
    volumes: readonly TestVolume[],
    options: Partial<SessionOptions> = {},
  ): Promise<Rig> {
    const context = new FakeContext();
    const graph = makeGraph(volumes, context);
    await graph.start();
    const pair = makeSocketpair();
    if (typeof pair === 'number') throw new Error(`socketpair: ${pair}`);
    const log = new Log(context.sink, { default: INFO, volumes: new Map() }, 'fuse');
    const timeouts = { attributeTimeout: 1, entryTimeout: 2, negativeTimeout: 0 };
    const all = { ...timeouts, busyPollUs: 0, passthrough: false, ...options };
    const client = makeFuseInitiator(graph, log, all.attributeTimeout).connect();
    const session = new Session(pair[0], client, all, () => {});
    return new Rig(context.lines, graph, session, pair);
  }

  get context(): FakeContext {
    return this.graph.top.context as FakeContext;
  }

  /** Hands a request to the session; its number. */
  send(opcode: number, nodeid: number, ...parts: Part[]): number {
    this.lastUnique += 2;
    const { uid, gid, pid } = this.caller;
    const body = pack(parts);
    const head = [u32(40 + body.length), u32(opcode), u64(this.lastUnique), u64(nodeid)];
    this.sendBytes(pack([...head, u32(uid), u32(gid), u32(pid), u32(0), body]));
    return this.lastUnique;
  }

  sendBytes(message: Uint8Array): void {
    this.session.buffer.set(message);
    this.session.handleMessage(message.length);
  }

  /** The next answer. @throws if there is no answer: tests never wait. */
  receive(): Answer {
    if (!this.hasAnswer()) throw new Error('no answer');
    const head = new Uint8Array(16);
    read(this.pair[1], head, 16);
    const view = new DataView(head.buffer);
    const body = new Uint8Array(view.getUint32(0, true) - 16);
    let received = 0;
    while (received < body.length)
      received += read(this.pair[1], body.subarray(received), body.length - received);
    return {
      unique: Number(view.getBigUint64(8, true)),
      error: view.getInt32(4, true),
      body: Buffer.from(body),
    };
  }

  hasAnswer(): boolean {
    const set = new PollSet([this.pair[1]]);
    return poll(set.bytes, 1, 0) > 0;
  }

  /** Sends and receives. */
  ask(opcode: number, nodeid: number, ...parts: Part[]): Answer {
    const unique = this.send(opcode, nodeid, ...parts);
    const answer = this.receive();
    if (answer.unique !== unique) throw new Error(`answer to ${answer.unique}, not ${unique}`);
    return answer;
  }

  /** Looks a name up that is there: its inode. */
  find(name: string, parent = 1): Inode {
    const { body, error } = this.ask(1, parent, name);
    if (error !== 0) throw new Error(`lookup of ${name}: ${error}`);
    return this.graph.inodes.byId.get(Number(body.readBigUInt64LE(0)))!;
  }

  async close(): Promise<void> {
    this.session.close();
    await this.graph.stop();
    for (const fd of this.pair) close(fd);
  }
}
