/** Makes the pictures that are drawn from recordings. `npm run gen` writes them, and a test compares them. */
import { readFileSync } from 'node:fs';
import { ChunkStore, type HeldLock } from '../../../runtime/chunks/index.ts';
import type { Output } from '../sources.ts';
import { drawLockRun, PROGRAMS } from './lock-picture.ts';
import { RecordedRun } from './recorded-run.ts';

const PAGE = 'docs/program/chunks.md';
const FOLDER = 'docs/program/pictures';

/** Returns the only volfile that a page shows. */
function readVolfileOf(page: string): string {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```\n(volume .*?)^```$/gms)];
  if (blocks.length !== 1) throw new Error(`${page} has ${blocks.length} volfiles`);
  return blocks[0]![1]!;
}

export async function generatePictures(): Promise<Output[]> {
  const run = await RecordedRun.start(PAGE, readVolfileOf(PAGE));
  const stores = [1, 2].map((program) => ChunkStore.open(run.openVolume(program)));
  const [a, b] = (await Promise.all(stores)) as [ChunkStore, ChunkStore];
  const locks = new Map<number, HeldLock>();
  const lock = (program: 1 | 2): Promise<void> => {
    const owner = PROGRAMS[program - 1]!;
    return run.call(program, `lock('disk', '${owner}')`, async () => {
      const held = await (program === 1 ? a : b).locks.lock('disk', owner);
      locks.set(program, held);
      return `it has the lock, fence ${held.fence}`;
    });
  };
  // The first waiter ever makes it, which the picture leaves out.
  await a.volume.mkdir('/chunks/.locks/.waiting');
  await run.takeEvents();
  await lock(1);
  await lock(2);
  await run.call(1, 'lock.unlock()', async () => {
    await locks.get(1)!.unlock();
    return 'unlocked';
  });
  const handover = await run.takeEvents();

  const chunk = await b.open('chunk', { create: true });
  const write = (): Promise<void> =>
    run.call(2, 'chunk.write(0, data, { lock })', async () => {
      await chunk.write(0, 'data', { lock: locks.get(2)! });
      return 'written';
    });
  await run.takeEvents();
  await write();
  run.mark('note', 2, 'paused, sends nothing');
  await run.call(1, "breakLock('disk', 'B', 'A')", async () => {
    await a.locks.breakLock('disk', 'B', 'A');
    return 'broken';
  });
  await lock(1);
  run.mark('note', 2, 'resumed');
  await write();
  const fence = await run.takeEvents();
  await run.stop();
  return [
    {
      path: `${FOLDER}/lock-handover.svg`,
      text: drawLockRun('A lock goes from one process to another', 'free', handover),
    },
    {
      path: `${FOLDER}/lock-fence.svg`,
      text: drawLockRun('A late write of a process that has lost its lock is not sent', 'B', fence),
    },
  ];
}
