/**
 * The caches of absent names in all languages send the storage the same requests: one random sequence of
 * a single client's requests runs through each.
 *
 * Left out is what a module is not informed of: fops that fail to make a name, after which
 * features/negative looks up again but a module keeps denying it, and the name in an upcall.
 */
import { describe, expect, it } from 'vitest';
import { seedRandom } from '../../apps/bench/engine/random.ts';
import { ENOENT } from '../../runtime/core/errno.ts';
import { fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/operands.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  linkDirectory,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../test/support/core.ts';
import {
  creating,
  makeArguments,
  removing,
  type Variant,
  variants,
} from '../../test/support/negative.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const STEPS = 3000;

/** A storage of names that records its requests. */
class Storage {
  readonly asked: string[] = [];
  readonly names = new Set<string>();
  readonly leaf = new HeldLeaf();

  constructor() {
    this.leaf.onRequest = (held) => this.answer(held);
  }

  private answer({ name: fop, args, answer }: HeldRequest): void {
    const row = fops.find(({ name }) => name === fop)!;
    const nameIn = (arg: string | undefined): string | null =>
      (args[row.args.findIndex(({ name }) => name === arg)] as Loc | undefined)?.name ?? null;
    const [created, removed] = [nameIn(row.entry.creates), nameIn(row.entry.removes)];
    const needed = fop === 'lookup' ? nameIn('loc') : removed;
    const nothing = row.reply.map(() => null);
    this.asked.push(`${fop} ${needed ?? created}`);
    if (needed !== null && !this.names.has(needed)) {
      answer(-1, ENOENT, ...nothing);
      return;
    }
    if (removed !== null) this.names.delete(removed);
    if (created !== null) this.names.add(created);
    if (fop !== 'lookup') answer(0, 0, ...nothing);
    else answer(0, 0, (args[0] as Loc).inode, makeAttributes(makeGfid(900)), null, null);
  }
}

/** Makes the requests of a seed; they depend on existing names, not on replies. */
function request(graph: Graph, dir: Inode, there: ReadonlySet<string>, seed: number): void {
  const random = seedRandom(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const seen = graph.inodes.link(
    graph.inodes.newInode(),
    dir,
    'seen',
    makeAttributes(makeGfid(901)),
  )!;
  for (let step = 0; step < STEPS; step++) {
    const kind = random();
    const name = one(NAMES);
    if (kind < 0.6) ask(graph, 'lookup', makeLoc(dir, name), null);
    else if (kind < 0.75) {
      const fop = one(creating.filter((it) => !removing.includes(it)));
      if (there.has(name)) continue;
      ask(graph, fop, ...makeArguments(fop, dir, { created: makeLoc(dir, name) }));
    } else if (kind < 0.95) {
      const fop = one(removing);
      if (!there.has(name)) continue;
      const locs = { created: makeLoc(dir, one(NAMES)), removed: makeLoc(dir, name) };
      if (locs.created.name === name) continue;
      ask(graph, fop, ...makeArguments(fop, dir, locs));
    } else ask(graph, 'lookup', new Loc(seen, dir, name), null);
  }
}

async function askedBy(
  { translator, options }: Variant,
  more: Record<string, string>,
  seed: number,
) {
  const storage = new Storage();
  const below = { translator: storage.leaf.translator };
  const above = { translator, options: { ...options, ...more } };
  const graph = await startGraph([below, above], new FakeContext());
  request(graph, linkDirectory(graph, 'dir', makeGfid(100)), storage.names, seed);
  await graph.stop();
  return storage.asked;
}

const passedOn = (asked: readonly string[], fop: FopName): number =>
  asked.filter((it) => it.startsWith(fop)).length;

describe.each([1, 2])('random requests with seed %d', (seed) => {
  it('lead to the same requests to the storage with the cache in each language', async () => {
    const [native, ...others] = [...variants].sort((one) => (one.name.includes('/') ? -1 : 1));
    const wanted = await askedBy(native!, {}, seed);
    expect(passedOn(wanted, 'lookup')).toBeGreaterThan(STEPS / 10);
    expect(passedOn(wanted, 'lookup')).toBeLessThan(STEPS / 2);
    for (const other of others) {
      expect(await askedBy(other, {}, seed), other.name).toEqual(wanted);
    }
  });
});
