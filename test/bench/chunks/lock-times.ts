/** The part `locks`: a lock that goes from one process to another, and the memory of one that waits. */
import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { measureOrExplain } from '../../../apps/bench/engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { computeMedian } from '../../../apps/bench/engine/statistics.ts';
import { ChunkStore } from '../../../runtime/chunks/index.ts';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import { collectGarbage } from '../../../runtime/sys/scheduled-collection.ts';
import { printVolumes } from '../../../runtime/volfile/description.ts';
import { Volume } from '../../../server/open-volume.ts';
import type { Bench } from '../bench.ts';
import { makeStorage, startBricks, utime } from '../gluster.ts';
import { writeVolfile } from '../servers.ts';
import { hold, type Report, reportSeries } from '../table.ts';

const CALLER = makeBuiltPath('test/bench/chunks/lock-caller.cjs');
const ROUNDS = { full: 5, quick: 2 };
const TURNS = { full: 300, quick: 30 };
const WAITING = 1000;
/** Bytes in a KB of the figure. */
const KB = 1024;
/** Milliseconds after which no request is under way. */
const SETTLE_MS = 200;
const NS_PER_MS = 1e6;

/** Hands the lock over many times. @returns the median time in milliseconds */
async function measureHandover(bench: Bench, volfile: string): Promise<number> {
  const turns = bench.quick ? TURNS.quick : TURNS.full;
  const run = promisify(execFile);
  const outputs = await Promise.all(
    ['first', 'second'].map((owner) =>
      run(process.execPath, [CALLER, volfile, owner, String(turns)], { signal: bench.signal }),
    ),
  );
  const events = outputs
    .flatMap(({ stdout }, caller) =>
      (JSON.parse(stdout) as [number, number][]).flatMap(([unlockAt, grantAt]) => [
        { caller, at: unlockAt, isUnlock: true },
        { caller, at: grantAt, isUnlock: false },
      ]),
    )
    .sort((a, b) => a.at - b.at);
  const times: number[] = [];
  let unlock = events[0]!;
  for (const event of events) {
    if (event.isUnlock) unlock = event;
    else if (event.caller !== unlock.caller) times.push((event.at - unlock.at) / NS_PER_MS);
  }
  return computeMedian(times);
}

/** Lets requests for as many locks wait in each round, besides those of the rounds before. @returns bytes for each */
async function measureWaiting(rounds: number): Promise<number[]> {
  const volfile = printVolumes(
    stackVolumes(
      [makeVolume('files', 'storage/memory')],
      [makeVolume('locks', 'features/locks'), makeVolume('watch', 'features/watch')],
    ),
  );
  await using volume = await Volume.open({ volfile });
  const { locks } = await ChunkStore.open(volume);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const waiting: Promise<unknown>[] = [];
  const results: number[] = [];
  // The first round also measures code that is compiled during it: it does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const names = Array.from({ length: WAITING }, (_, index) => `round${round}-lock${index}`);
    for (const name of names) (await locks.lock(name, 'holder')).close();
    const before = await readMemory();
    for (const name of names)
      waiting.push(locks.lock(name, 'waiter', { signal: controller.signal }));
    for (const name of names) while ((await locks.lockInfo(name)).waiters.length === 0);
    results.push(((await readMemory()) - before) / WAITING);
  }
  controller.abort();
  await Promise.allSettled(waiting);
  return results.slice(1);
}

/**
 * Collects garbage after the end of all requests, and returns the bytes that are left: of objects, and of their data
 * outside of the heap.
 */
async function readMemory(): Promise<number> {
  await delay(SETTLE_MS);
  for (let round = 0; round < 3; round += 1) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export async function measureLocks(bench: Bench): Promise<Report> {
  const { quick, log } = bench;
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  log('locks');
  const handover = await measureOrExplain(async () => {
    const bricks = await startBricks(bench, { hasUpcalls: true });
    const above = [utime, makeVolume('watch', 'features/watch')];
    const volfile = writeVolfile(bench, 'locks', makeStorage(bricks), above);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      times.push(await measureHandover(bench, volfile));
    return times;
  });
  const waiting = (await measureWaiting(rounds)).map((bytes) => bytes / KB);
  return reportSeries(
    {
      what: 'locks',
      unitText: `${rounds} rounds`,
      titles: { handover: 'handed over, ms', waiting: `one of ${WAITING} that wait, KiB` },
      held: [
        hold('a lock handed over', ['handover'], '≤ 2, aim 0.6', { unit: 'ms' }),
        hold('memory of a waiting lock', ['waiting'], '< 1', { unit: 'KiB' }),
      ],
    },
    new Map([
      ['handover', handover],
      ['waiting', waiting],
    ]),
  );
}
