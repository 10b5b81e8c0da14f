/**
 * Counts successive waits of a fop for its children: each request takes a fixed time, and
 * simultaneous ones take no longer. The clock is simulated.
 */
import { expect, onTestFinished, test } from 'vitest';
import type { FopName, FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import delayGen from '../../../runtime/xlators/debug/delay-gen/index.ts';
import { DistributedVolume, type FopReply } from '../../../test/support/distributed-volume.ts';

/** The duration of one request. */
const STEP_MS = 1;
/** More than any fop takes. */
const MANY = 100;

class Slow {
  readonly volume: DistributedVolume;

  private constructor(volume: DistributedVolume) {
    this.volume = volume;
  }

  static async start(count: number): Promise<Slow> {
    const names = Array.from({ length: count }, (_, at) => `brick-${at}`);
    const options = { 'delay-percentage': '100', 'delay-duration': String(STEP_MS * 1000) };
    const volume = await DistributedVolume.start(names, {}, () => ({
      translator: delayGen as never,
      options,
    }));
    onTestFinished(() => volume.stop());
    volume.context.advance(MANY);
    return new Slow(volume);
  }

  /** The number of waits until the reply, and until no request is active. */
  rounds<N extends FopName>(fop: N, ...args: FopTable[N]['args']): [FopReply, number, number] {
    const { context } = this.volume;
    const reply = this.volume.ask(fop, ...args);
    let answered = 0;
    let rounds = 0;
    for (; context.waiting > 0 && rounds < MANY; rounds++) {
      if (Number.isNaN(reply.opRet)) answered = rounds + 1;
      context.advance(STEP_MS);
    }
    return [reply, answered, rounds];
  }

  mkdir(name: string): [FopReply, number, number] {
    const { root, graph } = this.volume;
    const loc = new Loc(graph.inodes.newInode(), root, name);
    const [reply, answered, rounds] = this.rounds(
      'mkdir',
      loc,
      0o755,
      0,
      this.volume.gfidRequest(),
    );
    if (reply.opRet >= 0) graph.inodes.link(loc.inode!, root, name, reply.values[1] as Iatt);
    return [reply, answered, rounds];
  }

  rmdir(name: string): [FopReply, number, number] {
    const { root, graph } = this.volume;
    const loc = new Loc(root.children!.get(name)!, root, name);
    const result = this.rounds('rmdir', loc, 0, null);
    if (result[0].opRet >= 0) graph.inodes.unlink(root, name);
    return result;
  }
}

/**
 * Two for the locks of the name, one each for the directory on its name's child, the others, its
 * own lock (while the name's are released), a lookup on all, and the layout. Its own lock is
 * released after the reply.
 */
const MKDIR_ROUNDS = 7;

test.each([2, 8, 32])(
  'mkdir on a volume of %i children takes 7 rounds of requests, and leaves no lock',
  async (count) => {
    const slow = await Slow.start(count);
    const [reply, answered, rounds] = slow.mkdir('first');
    expect([reply.opErrno, answered, rounds]).toEqual([0, MKDIR_ROUNDS, MKDIR_ROUNDS + 1]);
    // Nothing stays locked: neither another mkdir nor one of the same name takes longer.
    expect(slow.mkdir('second').slice(1)).toEqual([MKDIR_ROUNDS, MKDIR_ROUNDS + 1]);
    expect(slow.rmdir('first')[0].opErrno).toBe(0);
    expect(slow.mkdir('first').slice(1)).toEqual([MKDIR_ROUNDS, MKDIR_ROUNDS + 1]);
  },
);

test('a new directory is usable while the lock of its layout is being released', async () => {
  const slow = await Slow.start(4);
  const { volume } = slow;
  const { context, graph, root } = volume;
  const loc = new Loc(graph.inodes.newInode(), root, 'dir');
  const firstReply = volume.ask('mkdir', loc, 0o755, 0, volume.gfidRequest());
  while (Number.isNaN(firstReply.opRet)) context.advance(STEP_MS);
  expect(context.waiting).toBeGreaterThan(0);
  graph.inodes.link(loc.inode!, root, 'dir', firstReply.values[1] as Iatt);
  const below = new Loc(graph.inodes.newInode(), loc.inode!, 'below');
  const [reply] = slow.rounds('mkdir', below, 0o755, 0, volume.gfidRequest());
  expect(reply.opErrno).toBe(0);
  expect(context.waiting).toBe(0);
});

test('mkdir of an existing directory fails after 4 rounds of requests instead of 7', async () => {
  const slow = await Slow.start(8);
  slow.mkdir('dir');
  const [reply, answered] = slow.mkdir('dir');
  expect([reply.opRet, answered]).toEqual([-1, 4]);
});

/**
 * One for the question whether the directory is empty, two for the locks of its name, one each for
 * the others and for its name's child. The locks are released after the reply.
 */
const RMDIR_ROUNDS = 5;

test.each([2, 8])(
  'rmdir on a volume of %i children takes 5 rounds of requests, and leaves no lock',
  async (count) => {
    const slow = await Slow.start(count);
    slow.mkdir('dir');
    const [reply, answered, rounds] = slow.rmdir('dir');
    expect([reply.opErrno, answered, rounds]).toEqual([0, RMDIR_ROUNDS, RMDIR_ROUNDS + 1]);
    expect(slow.mkdir('dir').slice(1)).toEqual([MKDIR_ROUNDS, MKDIR_ROUNDS + 1]);
    expect(slow.rmdir('dir').slice(1)).toEqual([RMDIR_ROUNDS, RMDIR_ROUNDS + 1]);
  },
);
