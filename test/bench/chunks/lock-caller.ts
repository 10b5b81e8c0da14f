/**
 * Hands a lock to and fro with another such process: `lock-caller VOLFILE OWNER COUNT`. Prints the times of each
 * unlock and of the grant after it, in nanoseconds of a clock that all processes share.
 */
import { ChunkStore } from '../../../runtime/chunks/index.ts';
import { Volume } from '../../../server/open-volume.ts';

/** Reads of the record that find a waiter before the unlock. */
const READS_AFTER = 5;

async function main(volfile: string, owner: string, count: number): Promise<void> {
  await using volume = await Volume.open(volfile);
  const { locks } = await ChunkStore.open(volume);
  const times: [unlock: number, grant: number][] = [];
  let lock = await locks.lock('lock', owner);
  for (let turn = 0; turn < count; turn += 1) {
    // Until the other process waits, and has ended its own change of the record.
    for (let waited = 0; waited < READS_AFTER; )
      if ((await locks.lockInfo('lock')).waiters.length > 0) waited += 1;
    const unlockAt = process.hrtime.bigint();
    await lock.unlock();
    lock = await locks.lock('lock', owner);
    times.push([Number(unlockAt), Number(process.hrtime.bigint())]);
  }
  await lock.unlock();
  console.log(JSON.stringify(times));
}

const [volfile = '', owner = '', count = '0'] = process.argv.slice(2);
void main(volfile, owner, Number(count));
