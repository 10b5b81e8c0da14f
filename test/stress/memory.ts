/** Makes millions of operations and checks that the server's memory does not grow. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../support/client.ts';
import {
  expectOutput,
  expectSame,
  type Pace,
  type RunningMount,
  type Scenario,
  withMount,
} from './scenario.ts';

const OPERATIONS = 10_000_000;
const PROCESSES = 4;
const SAMPLE_MS = 1000;
/** From when on the server has grown to its size: interpreters and compilers warm up. */
const WARM = 0.3;
/** The growth that the server may have after that, in MiB. Ten bytes for each operation would be 67. */
const GROWTH_MIB = 32;
/** Inodes that may be known when there is nothing left but the root. */
const INODES = 100;
/** Files that are known at once, and then forgotten. */
const FILES = 5000;

const readOperations = ({ out }: Client): number => Number(out.trimEnd().split('\n').at(-1) ?? 0);

/** Operations that were made, and the server's size again and again. */
async function load(
  mount: RunningMount,
  pace: Pace,
): Promise<{ operations: number; sizes: number[] }> {
  await mount.ok('gcc -O1 -Wall -Werror -o "$SCRATCH/operations" "$STRESS/operations.c"');
  const clients = Array.from({ length: PROCESSES }, (_, i) =>
    mount.client(`exec "$SCRATCH/operations" w${i} ${OPERATIONS / PROCESSES}`),
  );
  const sizes: number[] = [];
  let running = true;
  const ended = Promise.all(clients.map(({ outcome }) => outcome)).then(() => {
    running = false;
  });
  while (running && !pace.cutShort()) {
    await Promise.race([delay(SAMPLE_MS), ended]);
    sizes.push(mount.rss());
  }
  const operations = clients.reduce((sum, client) => sum + readOperations(client), 0);
  if (running) for (const client of clients) client.kill();
  else for (const client of clients) await expectOutput(client);
  await ended;
  await mount.ok('rm -rf w*');
  return { operations, sizes };
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** The inodes of which the storage has kept a handle. */
async function expectForgotten(mount: RunningMount, when: string): Promise<number> {
  const { 'handles-known': known } = await mount.dump('storage/posix');
  if (Number(known) > INODES) throw new Error(`${known} inodes are known ${when}`);
  const { 'open-fds': open, 'in-flight': inFlight } = await mount.dump('mount/fuse');
  expectSame(`open ${when}`, open, 0);
  // The request for the statedump counts as one.
  if (Number(inFlight) > 1) throw new Error(`${inFlight} requests are under way ${when}`);
  return Number(known);
}

export const memory: Scenario = {
  title: `memory after ${OPERATIONS / 1e6} million operations`,
  kinds: ['posix', 'python'],
  run: (kind, pace) =>
    withMount(kind, async (mount) => {
      const { operations, sizes } = await load(mount, pace);
      const known = await expectForgotten(mount, 'after the operations');
      const tenth = Math.max(1, Math.floor(sizes.length / 10));
      const begin = Math.floor(sizes.length * WARM);
      const [warm, last] = [median(sizes.slice(begin, begin + tenth)), median(sizes.slice(-tenth))];
      const figures = `${warm.toFixed(0)} MiB, and ${last.toFixed(0)} MiB at the end`;
      if (last - warm > GROWTH_MIB) throw new Error(`${operations} operations: ${figures}`);
      await mount.ok(`mkdir many; cd many; seq ${FILES} | xargs touch; ls -l > /dev/null`);
      const { 'handles-known': many } = await mount.dump('storage/posix');
      if (Number(many) < FILES) throw new Error(`${many} inodes are known of ${FILES}`);
      await mount.ok('rm -r many');
      await expectForgotten(mount, 'after all files are gone');
      return `${operations} operations: ${figures}; ${known} inodes known`;
    }),
};
