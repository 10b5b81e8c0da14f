/**
 * performance/write-behind against a model: one program per file, with several fds, sends its next request
 * after each reply. It must see its own changes, in any order and at any speed of the storage.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeContext, makeGfid, reconfigure, startGraph } from '../../../../test/support/core.ts';
import { performanceStack } from '../../../../test/support/performance-stack.ts';
import { SlowStorage } from '../../../../test/support/slow-storage.ts';
import { Dict } from '../../../core/dict.ts';
import { EIO } from '../../../core/errno.ts';
import { makeFirstFrame, Stack } from '../../../core/frame.ts';
import { collectCbk, type FopName, type FopTable, windArgs } from '../../../core/gen/fops.gen.ts';
import type { Graph } from '../../../core/graph.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_APPEND, O_CREAT, O_RDWR, O_TRUNC } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { GFID_REQ } from '../../../core/xdata.ts';
import type { Translator } from '../../../core/xlator.ts';
import errorGen from '../../debug/error-gen/index.ts';
import memory from '../../storage/memory/index.ts';
import writeBehind from './index.ts';

const FILES = 2;
const FDS = 3;

type Any = Translator<unknown>;

interface Reply {
  opRet: number;
  opErrno: number;
  values: readonly unknown[];
}

class Program {
  data = new Uint8Array(0);
  fds: Fd[] = [];
  /** Whether a request has no reply yet. */
  isBusy = false;
  /** Number of errors that each fd has reported. */
  readonly heard = new Map<Fd, number>();
  /** The index of the newest write's fd, and the end of that write. */
  newest = 0;
  end = 0;
  /** Whether no write can have failed. */
  isSure = true;
  private readonly graph: Graph;
  private readonly inode: Inode;
  private readonly uid: number;

  constructor(graph: Graph, inode: Inode, fds: Fd[], uid: number) {
    this.graph = graph;
    this.inode = inode;
    this.fds = fds;
    this.uid = uid;
  }

  do(what: string, a: number, b: number, c: number): void {
    if (this.isBusy) return;
    const fd = this.fds[a % FDS]!;
    if (what === 'write') {
      this.newest = a % FDS;
      this.write(fd, b, c);
    } else if (what === 'write on') this.write(this.fds[this.newest]!, this.end % 64, c);
    else if (what === 'read') this.read(fd, b, 3 * c);
    else if (what === 'stat') {
      const seen = ({ opRet, values }: Reply): void => {
        if (opRet >= 0 && this.isSure) {
          expect((values[0] as Iatt).iaSize, what).toBe(this.data.length);
        }
      };
      if (b % 3 === 0) this.ask('fstat', [fd, null], seen);
      else if (b % 3 === 1) this.ask('stat', [new Loc(this.inode), null], seen);
      else this.lookup();
    } else if (what === 'truncate') {
      this.ask(
        c % 2 === 0 ? 'ftruncate' : 'truncate',
        [c % 2 === 0 ? fd : new Loc(this.inode), b, null] as never,
        ({ opRet }) => {
          if (opRet >= 0) this.resize(b);
          else this.isSure = false;
        },
      );
    } else if (what === 'flush') this.ask('flush', [fd, null], (reply) => this.told(fd, reply));
    else if (what === 'create') this.create(c % 2 === 0 ? O_TRUNC : 0);
    else if (what === 'fsync') this.ask('fsync', [fd, 0, null], (reply) => this.told(fd, reply));
  }

  private told(fd: Fd, { opRet }: Reply): void {
    if (opRet < 0) this.heard.set(fd, (this.heard.get(fd) ?? 0) + 1);
  }

  private lookup(): void {
    const { inodes } = this.graph;
    // As a client that does not know the file yet.
    const loc = new Loc(inodes.newInode(), inodes.root, `f${this.uid}`);
    this.ask('lookup', [loc, null], ({ opRet, values }) => {
      if (opRet < 0 || !this.isSure) return;
      expect((values[1] as Iatt).iaSize, 'lookup').toBe(this.data.length);
    });
  }

  /** As a client that takes the name for absent. */
  private create(how: number): void {
    const { inodes } = this.graph;
    const name = `f${this.uid}`;
    const loc = new Loc(inodes.newInode(), inodes.root, name);
    const flags = O_RDWR | O_CREAT | how;
    const fd = new Fd(loc.inode!, flags, 1);
    const xdata = new Dict().setGfid(GFID_REQ, makeGfid(200 + this.uid));
    this.ask('create', [loc, flags, 0o600, 0, fd, xdata], ({ opRet, values }) => {
      if (opRet < 0) this.isSure = false;
      else {
        const buf = values[2] as Iatt;
        fd.moveTo(inodes.link(values[1] as Inode, inodes.root, name, buf)!);
        expect(fd.inode).toBe(this.inode);
        if (how !== 0) this.resize(0);
        if (this.isSure) expect(buf.iaSize, 'create').toBe(this.data.length);
      }
      fd.release();
    });
  }

  private write(fd: Fd, offset: number, length: number): void {
    this.end = offset + length + 1;
    const lent = new Uint8Array(length + 1).fill(65 + ((offset + length) % 26));
    const kept = lent.slice();
    const at = (fd.flags & O_APPEND) !== 0 ? this.data.length : offset;
    this.ask('writev', [fd, lent, offset, 0, null], (reply) => {
      this.told(fd, reply);
      if (reply.opRet < 0) return;
      expect(reply.opRet).toBe(kept.length);
      this.resize(Math.max(this.data.length, at + kept.length));
      this.data.set(kept, at);
    });
    // The caller reuses its buffer.
    if (!this.isBusy) lent.fill(33);
  }

  private read(fd: Fd, offset: number, size: number): void {
    this.ask('readv', [fd, size, offset, 0, null], ({ opRet, values }) => {
      if (opRet < 0 || !this.isSure) return;
      const want = Buffer.from(this.data.subarray(offset, offset + size)).toString('latin1');
      expect(Buffer.from(values[0] as Uint8Array).toString('latin1')).toBe(want);
    });
  }

  private resize(size: number): void {
    const data = new Uint8Array(size);
    data.set(this.data.subarray(0, size));
    this.data = data;
  }

  ask<N extends FopName>(name: N, args: FopTable[N]['args'], then: (reply: Reply) => void): void {
    const frame = makeFirstFrame(new Stack(this.uid, 0, 1, name.toUpperCase()), this.graph.top);
    this.isBusy = true;
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      expect(this.isBusy, 'answered once').toBe(true);
      this.isBusy = false;
      then({ opRet, opErrno, values });
    });
    windArgs[name](frame, 0, cbk as never, this.graph.links, args);
  }
}

const TURNS: readonly Record<string, string>[] = [
  {},
  { 'trickling-writes': 'off' },
  { 'strict-write-ordering': 'on', 'flush-behind': 'off' },
  { 'trickling-writes': 'off', 'aggregate-size': '7B' },
];

async function setUp(options: Record<string, string>, above: readonly { translator: Any }[] = []) {
  const slow = new SlowStorage();
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: memory as unknown as Any },
      { translator: errorGen as unknown as Any, options: { seed: '7' } },
      { translator: slow.translator },
      { translator: writeBehind as unknown as Any, options },
      ...above,
    ],
    context,
  );
  const { inodes } = graph;
  const programs = Array.from({ length: FILES }, (_, nth) => {
    const inode = inodes.newInode();
    const fds = [new Fd(inode, O_RDWR, 1)];
    const program = new Program(graph, inode, fds, nth);
    const loc = new Loc(inode, inodes.root, `f${nth}`);
    const xdata = new Dict().setGfid(GFID_REQ, makeGfid(100 + nth));
    program.ask('create', [loc, O_RDWR, 0o600, 0, fds[0]!, xdata], ({ values }) => {
      inodes.link(inode, inodes.root, `f${nth}`, values[2] as Iatt);
    });
    for (const flags of [O_RDWR, O_RDWR | O_APPEND]) {
      const fd = new Fd(inode, flags, 1);
      program.ask('open', [new Loc(inode), flags, fd, null], () => fds.push(fd));
    }
    return program;
  });
  slow.quick = false;
  return { slow, context, graph, programs };
}

const anyStep = fc.tuple(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('write') },
    { weight: 6, arbitrary: fc.constant('write on') },
    { weight: 4, arbitrary: fc.constant('read') },
    ...['stat', 'truncate', 'create', 'flush', 'fsync', 'pass', 'reconfigure'].map((name) => ({
      weight: 1,
      arbitrary: fc.constant(name),
    })),
    { weight: 5, arbitrary: fc.constant('act') },
    { weight: 5, arbitrary: fc.constant('answer') },
    { weight: 1, arbitrary: fc.constant('fail') },
  ),
  ...([fc.nat(15), fc.nat(15), fc.nat(15)] as const),
);
const history = fc.array(anyStep, { maxLength: 80, size: 'max' });

type World = Awaited<ReturnType<typeof setUp>>;

function run(world: World, steps: readonly (readonly [string, number, number, number])[]): void {
  const { slow, context, graph, programs } = world;
  for (const [what, a, b, c] of steps) {
    if (what === 'act') slow.releaseWind(a);
    else if (what === 'answer') slow.releaseReply(a);
    else if (what === 'pass') context.advance(a * 100);
    else if (what === 'reconfigure') reconfigure(graph.xlators[3]!, TURNS[a % TURNS.length]!);
    else if (what !== 'fail') programs[c % FILES]!.do(what, a, b, c);
    const { bytes } = writeBehind.dump!(graph.xlators[3] as never);
    expect(bytes).toBeLessThanOrEqual(FILES * 1024 * 1024);
  }
}

/** Lets the storage handle all requests. */
function settle({ slow, context }: World): void {
  slow.releaseAll();
  slow.quick = true;
  context.advance(2000);
  slow.releaseAll();
}

/** A create truncates a file whose pages a cache above has. */
const EMPTIED: [string, number, number, number][] = [
  ['write', 0, 0, 0],
  ['read', 0, 0, 6],
  ['act', 0, 0, 0],
  ['answer', 0, 0, 0],
  ['act', 3, 0, 0],
  ['answer', 0, 0, 0],
  ['create', 0, 0, 0],
];

test.each([
  ['alone', []],
  ['below the others', performanceStack.slice(1)],
])('each program sees its own changes over write-behind %s', async (_where, above) => {
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom(...TURNS), async (steps, options) => {
      const world = await setUp(options, above);
      run(world, steps);
      settle(world);
      for (const program of world.programs) {
        expect(program.isBusy, 'never answered').toBe(false);
        expect([...program.heard.values()]).toEqual([]);
        program.do('read', 0, 0, 100);
        program.do('stat', 0, 1, 0);
      }
      expect(writeBehind.dump!(world.graph.xlators[3] as never).bytes).toBe(0);
    }),
    { numRuns: 60, examples: [[EMPTIED, {}]] },
  );
});

test('write-behind reports a lost write once for each fd that was open', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const world = await setUp({});
      const { graph, slow, programs } = world;
      const broken = (is: boolean): void =>
        reconfigure(
          graph.xlators[1]!,
          is ? { failure: '100%', 'error-no': 'EIO', enable: 'WRITE' } : {},
        );
      for (const program of programs) program.isSure = false;
      broken(true);
      run(
        world,
        steps.filter(([what]) => what !== 'flush' && what !== 'fsync' && what !== 'reconfigure'),
      );
      settle(world);
      broken(false);
      slow.quick = true;
      const failures = Number(writeBehind.dump!(graph.top as never).failures);
      let told = 0;
      for (const program of programs) {
        expect(program.isBusy, 'never answered').toBe(false);
        const before = [...program.heard.values()].reduce((sum, each) => sum + each, 0);
        const errors: number[] = [];
        for (const fd of program.fds) {
          program.ask('fsync', [fd, 0, null], ({ opRet, opErrno }) =>
            errors.push(opRet < 0 ? opErrno : 0),
          );
        }
        told += before + errors.filter((errno) => errno !== 0).length;
        expect(errors.every((errno) => errno === 0 || errno === EIO)).toBe(true);
        // A second fsync reports nothing.
        for (const fd of program.fds) program.do('fsync', program.fds.indexOf(fd), 0, 0);
        expect([...program.heard.values()].reduce((sum, each) => sum + each, 0)).toBe(before);
      }
      if (failures > 0) expect(told).toBeGreaterThanOrEqual(FDS);
      if (failures > 0) expect(told).toBeLessThanOrEqual(FDS * failures + slow.requests.length);
      else expect(told).toBeLessThanOrEqual(slow.requests.length);
    }),
    { numRuns: 60 },
  );
});
