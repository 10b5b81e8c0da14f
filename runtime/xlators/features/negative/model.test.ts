/**
 * features/negative against a model: a storage that receives, handles and answers requests at three times,
 * in any interleaving, while other clients create and remove files, inodes are forgotten and time passes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  linkDirectory,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../../../test/support/core.ts';
import { EEXIST, ENOENT } from '../../../core/errno.ts';
import type { Graph } from '../../../core/graph.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/operands.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { AbsentNames } from './absent-names.ts';
import negative from './index.ts';

const TIMEOUT_MS = 16_000;
const LIMIT = 3;
const NAMES = ['a', 'b'];
const DIR_GFID = makeGfid(7);

const keyOf = (parent: Inode, name: string): string => `${parent.gfid}/${name}`;
const target = ({ args }: HeldRequest, at = 0): string => {
  const { parent, name } = args[at] as Loc;
  return keyOf(parent!, name!);
};

/** The creator of a file: a request through the volume, or another client. */
type Maker = 'us' | 'others';

class Storage {
  readonly leaf = new HeldLeaf();
  readonly names = new Map<string, Maker>();
  /** Time of the last ENOENT for a name. */
  readonly deniedAt = new Map<string, number>();
  /** Replies that are decided but not sent. */
  private readonly decided: (() => void)[] = [];
  private readonly context: FakeContext;

  constructor(context: FakeContext) {
    this.context = context;
  }

  /** Handles one of the arrived requests, and decides its reply. */
  act(which: number): void {
    const { requests: held } = this.leaf;
    if (held.length === 0) return;
    const [request] = held.splice(which % held.length, 1) as [HeldRequest];
    const errno = this.perform(request);
    const denies = { lookup: ENOENT, unlink: 0 }[request.name as string] === errno;
    this.decided.push(() => {
      if (denies) this.deniedAt.set(target(request), this.context.time);
      request.answer(errno === 0 ? 0 : -1, errno);
    });
  }

  answer(which: number): void {
    if (this.decided.length > 0) this.decided.splice(which % this.decided.length, 1)[0]!();
  }

  finish(): void {
    while (this.leaf.requests.length > 0) this.act(0);
    while (this.decided.length > 0) this.answer(0);
  }

  private perform(request: HeldRequest): number {
    const name = target(request);
    const exists = this.names.has(name);
    if (request.name === 'lookup') return exists ? 0 : ENOENT;
    if (request.name === 'mknod') {
      if (exists) return EEXIST;
      this.names.set(name, 'us');
      return 0;
    }
    if (!exists) return ENOENT;
    this.names.delete(name);
    if (request.name === 'rename') this.names.set(target(request, 1), 'us');
    return 0;
  }
}

class World {
  private readonly storage: Storage;
  private readonly context: FakeContext;
  private readonly graph: Graph;
  private readonly absent: AbsentNames;
  private readonly root: Inode;
  private dir: Inode;

  constructor(storage: Storage, context: FakeContext, graph: Graph) {
    this.storage = storage;
    this.context = context;
    this.graph = graph;
    this.absent = (graph.top as Xlator<AbsentNames>).priv;
    this.root = graph.inodes.root;
    this.dir = linkDirectory(graph, 'dir', DIR_GFID);
  }

  /** Looks a name up; returns whether the volume answered itself, and checks that it was right. */
  lookup(at: number): boolean {
    const [parent, name] = this.place(at);
    const { hits } = this.absent;
    const reply = ask(this.graph, 'lookup', makeLoc(parent, name), null);
    if (this.absent.hits === hits) return false;
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
    const maker = this.storage.names.get(keyOf(parent, name));
    expect(maker, `${name} was made through the volume`).not.toBe('us');
    if (maker === 'others') {
      const age = this.context.time - this.storage.deniedAt.get(keyOf(parent, name))!;
      expect(age, `${name} was denied too long ago`).toBeLessThan(TIMEOUT_MS);
    }
    return true;
  }

  make(at: number): void {
    ask(this.graph, 'mknod', makeLoc(...this.place(at)), 0o644, 0, 0, null);
  }

  remove(at: number): void {
    ask(this.graph, 'unlink', makeLoc(...this.place(at)), 0, null);
  }

  rename(at: number, to: number): void {
    ask(this.graph, 'rename', makeLoc(...this.place(at)), makeLoc(...this.place(to)), null);
  }

  others(at: number): void {
    const { names } = this.storage;
    const key = keyOf(...this.place(at));
    if (names.has(key)) names.delete(key);
    else names.set(key, 'others');
  }

  /** Forgets the directory's inode and links it as a new object. */
  forgetDirectory(): void {
    const { inodes } = this.graph;
    const { lruLimit } = inodes;
    inodes.lruLimit = 0;
    inodes.forget(this.dir, 0);
    inodes.lruLimit = lruLimit;
    this.dir = linkDirectory(this.graph, 'dir', DIR_GFID);
  }

  step([action, a, b]: readonly [Action, number, number]): void {
    if (action === 'lookup') this.lookup(a);
    else if (action === 'make') this.make(a);
    else if (action === 'remove') this.remove(a);
    else if (action === 'rename') this.rename(a, b);
    else if (action === 'act') this.storage.act(a);
    else if (action === 'answer') this.storage.answer(a);
    else if (action === 'others') this.others(a);
    else if (action === 'pass') this.context.advance(a * 500);
    else if (action === 'forget') this.forgetDirectory();
    else this.graph.xlators[0]!.notify('CHILD_DOWN', null);
    this.checkSize();
  }

  /** With no request under way, an absent name costs one lookup and is then remembered. */
  settle(): void {
    this.storage.finish();
    for (let at = 0; at < 2 * NAMES.length; at++) {
      this.lookup(at);
      this.storage.finish();
      const exists = this.storage.names.has(keyOf(...this.place(at)));
      const hit = this.lookup(at);
      if (!exists) expect(hit, 'a name was just denied and is not remembered').toBe(true);
      this.storage.finish();
      this.checkSize();
    }
    this.context.advance(TIMEOUT_MS);
    expect(this.absent.dump().names).toBe(0);
    expect(this.context.waiting).toBe(0);
  }

  private place(at: number): [parent: Inode, name: string] {
    return [at % 2 === 0 ? this.root : this.dir, NAMES[(at >> 1) % NAMES.length]!];
  }

  private checkSize(): void {
    const { names } = this.absent.dump();
    expect(names).toBeLessThanOrEqual(LIMIT);
    expect(this.context.waiting).toBeLessThanOrEqual(1);
  }
}

/** Weights of the actions; replies are as frequent as requests. */
const weights = {
  lookup: 4,
  make: 3,
  remove: 1,
  rename: 1,
  act: 9,
  answer: 9,
  others: 1,
  pass: 1,
  forget: 1,
  event: 1,
};
type Action = keyof typeof weights;

const anyAction = fc.oneof(
  ...Object.entries(weights).map(([action, weight]) => ({
    weight,
    arbitrary: fc.constant(action as Action),
  })),
);

test('features/negative returns ENOENT for an existing name only within the timeout, if another client made it', async () => {
  const step = fc.tuple(anyAction, fc.nat(15), fc.nat(15));
  const history = fc.array(step, { maxLength: 80, size: 'max' });
  const options = { timeout: `${TIMEOUT_MS / 1000}`, limit: `${LIMIT}` };
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const context = new FakeContext();
      const storage = new Storage(context);
      const volumes = [{ translator: storage.leaf.translator }, { translator: negative, options }];
      const world = new World(storage, context, await startGraph(volumes, context));
      for (const each of steps) world.step(each);
      world.settle();
    }),
    { numRuns: 200 },
  );
});
