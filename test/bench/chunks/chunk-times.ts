/** The part `store`: 64 chunks at a time on a storage that replies after 20 ms. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeVolume, stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { ChunkStore, formatChunkName } from '../../../runtime/chunks/index.ts';
import { printVolumes } from '../../../runtime/volfile/print.ts';
import { Volume } from '../../../server/open-volume.ts';
import type { Bench } from '../bench.ts';
import { formatRounds, makeFigure, makeRow, type Report } from '../table.ts';

const REPLY_MS = 20;
const CHUNKS = 64;
const CHUNK_BYTES = 4096;
const ROUNDS = { full: 9, quick: 2 };
const BAR = { limit: 4.5, aim: 3.2 };
const US_PER_MS = 1000;

/** Makes and writes chunks of new names, all at a time. @returns milliseconds */
async function measureRound(store: ChunkStore, round: number): Promise<number> {
  const data = new Uint8Array(CHUNK_BYTES).fill(7);
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: CHUNKS }, async (_, index) => {
      await using chunk = await store.open(formatChunkName(`round${round}`, index), {
        create: true,
      });
      await chunk.write(0, data);
    }),
  );
  return performance.now() - begin;
}

export async function measureChunks({ data, quick, log }: Bench): Promise<Report> {
  const directory = join(data, 'chunks');
  mkdirSync(directory);
  log('store');
  const delay = { 'delay-percentage': '100', 'delay-duration': String(REPLY_MS * US_PER_MS) };
  const volfile = printVolumes(
    stackVolumes(
      [makeVolume('files', 'storage/posix', { directory })],
      [makeVolume('slow', 'debug/delay-gen', delay)],
    ),
  );
  await using volume = await Volume.open({ volfile });
  const store = await ChunkStore.open(volume);
  const rounds: number[] = [];
  // Round 0 warms up.
  for (let round = 0; round <= (quick ? ROUNDS.quick : ROUNDS.full); round += 1) {
    const ms = await measureRound(store, round);
    if (round > 0) rounds.push(ms);
  }
  return {
    sections: [
      {
        title: `${CHUNKS} chunks of ${CHUNK_BYTES} bytes: open or create, write, close; ${rounds.length} rounds`,
        columns: ['ms'],
        rows: [makeRow('chunk store', rounds, () => [formatRounds(rounds)])],
      },
    ],
    figures: [
      makeFigure('64 chunks / one reply of the storage', ['×', BAR], rounds, (list) =>
        list.map((ms) => ms / REPLY_MS),
      ),
    ],
    raw: { rounds },
  };
}
