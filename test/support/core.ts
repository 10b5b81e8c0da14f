/**
 * Helpers for tests of translators and of the core: a context with a settable clock, graphs made of
 * records, a leaf that replies when the test says so, and requests whose replies are stored.
 */
import { expect } from 'vitest';
import type { Context } from '../../runtime/core/context.ts';
import { type Frame, makeFirstFrame, Stack } from '../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  type FopTable,
  fopNames,
  unwind,
  unwindArgs,
  wind,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import { gfidFromRandom } from '../../runtime/core/gfid.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { type Dirent, direntType, IA_IFDIR, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { INFO } from '../../runtime/core/log.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { checkOptions, genericOptions } from '../../runtime/core/options.ts';
import {
  type Cbk,
  type Dump,
  defineTranslator,
  type Fops,
  type Translator,
  type Xlator,
} from '../../runtime/core/xlator.ts';

/** A context whose time advances only by `advance`, which fires the due timers. */
export class FakeContext implements Context {
  readonly baseDir = '/';
  readonly lines: string[] = [];
  readonly sink = { write: (line: string) => void this.lines.push(line), now: () => this.time };
  time = 0;
  private readonly timers = new Map<() => void, number>();
  private lastRandom = 0;

  now(): number {
    return this.time;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = () => fn();
    this.timers.set(timer, this.time + ms);
    return () => this.timers.delete(timer);
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.timers.size;
  }

  random(out: Uint8Array): void {
    this.lastRandom += 1;
    new DataView(out.buffer, out.byteOffset).setUint32(out.length - 4, this.lastRandom);
  }

  wake(): void {}

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= end).sort(([, a], [, b]) => a - b)[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1]);
      due[0]();
    }
    this.time = end;
  }
}

/** A volume of a test's graph; without `below`, it stands over the previous one. */
export interface TestVolume {
  readonly translator: Translator<unknown>;
  readonly name?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly below?: readonly string[];
}

/** Leaf first, as in a volfile. Names default to `v0`, `v1`, …. */
export function makeGraph(volumes: readonly TestVolume[], context: Context): Graph {
  const name = (at: number): string => volumes[at]?.name ?? `v${at}`;
  const specs = volumes.map(({ translator, options = {}, below }, at) => ({
    name: name(at),
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: below ?? (at === 0 ? [] : [name(at - 1)]),
  }));
  return new Graph(specs, context, { default: INFO, volumes: new Map() });
}

export async function startGraph(
  volumes: readonly TestVolume[],
  context: Context = new FakeContext(),
): Promise<Graph> {
  const graph = makeGraph(volumes, context);
  await graph.start();
  return graph;
}

/** Gives a volume other options, as a changed volfile does. */
export function reconfigure(xl: Xlator, options: Readonly<Record<string, string>>): void {
  const lines = Object.entries(options).map(([key, value]) => ({ key, value }));
  const { values, problems } = checkOptions({ ...genericOptions, ...xl.translator.options }, lines);
  expect(problems).toEqual([]);
  xl.translator.reconfigure!(xl, values as never);
}

/** A request that arrived at a `HeldLeaf`. */
export interface HeldRequest {
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly frame: Frame;
  answer(opRet: number, opErrno: number, ...reply: unknown[]): void;
}

/** A leaf that keeps every request until the test answers it, or lets `onRequest` do so at once. */
export class HeldLeaf {
  readonly requests: HeldRequest[] = [];
  onRequest: (request: HeldRequest) => void = (request) => void this.requests.push(request);

  readonly translator = defineTranslator<unknown, Record<string, never>>({
    type: 'test/held',
    description: 'Answers when told.',
    children: [0, 0],
    options: {},
    fops: this.makeFops(fopNames),
    init: () => null,
  });

  /** The translator with these fops only. */
  onlyFops(...names: FopName[]): Translator<unknown> {
    return { ...this.translator, fops: this.makeFops(names) };
  }

  private makeFops(names: readonly FopName[]): Fops<unknown> {
    const take = (name: FopName) =>
      collect[name]((frame, _xl, args) => {
        const answer = (opRet: number, opErrno: number, ...reply: unknown[]): void =>
          unwindArgs[name](frame, opRet, opErrno, reply);
        this.onRequest({ name, args, frame, answer });
      });
    return Object.fromEntries(names.map((name) => [name, take(name)]));
  }
}

/** The reply of a request; `count` is the number of replies. */
export interface Reply {
  count: number;
  opRet: number;
  opErrno: number;
  values: readonly unknown[];
  readonly frame: Frame;
}

/** Winds a fop into the top of a graph; the returned reply is filled in later. */
export function ask<N extends FopName>(graph: Graph, name: N, ...args: FopTable[N]['args']): Reply {
  return askArgs(graph, name, args);
}

/** Winds a fop by its name. Internal clients have a pid below zero. */
export function askArgs(
  graph: Graph,
  name: FopName,
  args: readonly unknown[],
  pid = 1,
  uid = 0,
): Reply {
  const frame = makeFirstFrame(new Stack(uid, 0, pid, name.toUpperCase()), graph.top);
  const reply: Reply = { count: 0, opRet: NaN, opErrno: NaN, values: [], frame };
  const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
    Object.assign(reply, { count: reply.count + 1, opRet, opErrno, values });
  });
  windArgs[name](frame, 0, cbk as never, graph.links, args);
  return reply;
}

/** A gfid made from a number. */
export function makeGfid(number: number): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, number);
  return gfidFromRandom(bytes);
}

/** Attributes enough to link an inode with. */
export function makeAttributes(gfid: string, iaType = IA_IFDIR): Iatt {
  const buf = new Iatt();
  buf.iaGfid = gfid;
  buf.iaType = iaType;
  buf.iaNlink = 1;
  return buf;
}

/** A directory below the root, known to the table. */
export function linkDirectory(graph: Graph, name: string, gfid: string): Inode {
  const { inodes } = graph;
  return inodes.link(inodes.newInode(), inodes.root, name, makeAttributes(gfid)) as Inode;
}

/** The loc of a name before its first lookup. */
export function makeLoc(parent: Inode, name: string): Loc {
  return new Loc(parent.table.newInode(), parent, name);
}

/** A translator over one child with these fops and this statedump. */
export const makeTranslator = (
  type: string,
  fops: Fops<null>,
  dump: Dump = {},
): Translator<unknown> =>
  defineTranslator<null, Record<string, never>>({
    type: `test/${type}`,
    description: 'Has some fops.',
    children: [1, 1],
    options: {},
    fops,
    init: () => null,
    dump: () => dump,
  }) as unknown as Translator<unknown>;

/** Lists every file as a directory without attributes, as cluster/distribute lists directories. */
export const unknownDirectories = makeTranslator('unknown-directories', {
  readdirp(frame, xl, fd, size, offset, xdata) {
    wind.readdirp(frame, 0, hideAttributes, xl.children[0]!, fd, size, offset, xdata);
  },
});

const hideAttributes: Cbk<'readdirp', null> = (
  frame,
  _cookie,
  _xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const hide = (entry: Dirent): Dirent => ({
    ...entry,
    ...{ type: direntType(IA_IFDIR), stat: null, inode: null },
  });
  unwind.readdirp(frame, opRet, opErrno, entries?.map(hide) ?? null, xdata);
};
