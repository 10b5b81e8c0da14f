/** md-cache above distribute asks every brick whether it reports changes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import distribute from '../../gluster/cluster/distribute/index.ts';
import { ENOTCONN, EOPNOTSUPP } from '../../runtime/core/errno.ts';
import { IPC_UPCALL } from '../../runtime/core/fops.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import mdCache from '../../runtime/xlators/performance/md-cache/index.ts';
import { FakeContext, HeldLeaf, makeGraph } from '../support/core.ts';

const SAID = /relies on bricks that tell of changes, and these do not/;

/** A brick's reply; one that is away comes up later, without support. */
const answers = ['tells', 'does not know', 'is away'] as const;
type Answer = (typeof answers)[number];

/** A cache over such bricks. */
async function over(bricks: readonly Answer[]) {
  const context = new FakeContext();
  const asked = bricks.map(() => 0);
  const leaves = bricks.map((answer, at) => {
    const leaf = new HeldLeaf();
    leaf.onRequest = (request) => {
      if (request.name !== 'ipc') return request.answer(-1, ENOTCONN, null, null);
      expect(request.args[0]).toBe(IPC_UPCALL);
      if (!volume(`brick${at}`).up) return request.answer(-1, ENOTCONN, null);
      asked[at]! += 1;
      if (answer === 'tells') request.answer(0, 0, null);
      else request.answer(-1, EOPNOTSUPP, null);
    };
    const notify = answer === 'is away' ? { notify() {} } : {};
    const translator = { ...leaf.translator, type: 'protocol/client', ...notify } as const;
    return { translator: translator as Translator<unknown>, name: `brick${at}`, below: [] };
  });
  const names = leaves.map(({ name }) => name);
  const all = {
    translator: distribute as unknown as Translator<unknown>,
    name: 'all',
    below: names,
  };
  const options = { 'md-cache-timeout': '600', 'cache-invalidation': 'on' };
  const cache = { translator: mdCache as unknown as Translator<unknown>, below: ['all'], options };
  const graph = makeGraph([...leaves, all, cache], context);
  const volume = (name: string) => graph.xlators.find((xl) => xl.name === name)!;
  await graph.start();
  const said = (): number => context.lines.filter((line) => SAID.test(line)).length;
  const saidFirst = said();
  for (const [at, answer] of bricks.entries()) {
    if (answer !== 'is away') continue;
    const brick = volume(`brick${at}`);
    brick.up = true;
    volume('all').notify('CHILD_UP', brick);
  }
  return { asked, saidFirst, said: said() };
}

test('cache invalidation is requested from every brick, and a brick that does not support it causes a warning', async () => {
  const some = fc.array(fc.constantFrom(...answers), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(some, async (bricks) => {
      const { asked, saidFirst, said } = await over(bricks);
      const knowsNot = bricks.includes('does not know');
      const isAway = bricks.includes('is away');
      if (!isAway) expect(saidFirst).toBe(knowsNot ? 1 : 0);
      expect(said).toBe(knowsNot || isAway ? 1 : 0);
      // A warned cache need not ask the others.
      if (said === 0) expect(Math.min(...asked)).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});
