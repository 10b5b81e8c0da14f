/** The part `store`: 64 chunks at a time on a storage that replies after 20 ms. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { measureFunctions } from '../../../apps/bench/engine/rounds.ts';
import { makeVolume, stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { makeDelayVolume } from '../../../apps/bench/run/bricks.ts';
import { ChunkStore, formatChunkName } from '../../../runtime/chunks/index.ts';
import { printVolumes } from '../../../runtime/volfile/description.ts';
import { Volume } from '../../../server/open-volume.ts';
import type { Bench } from '../bench.ts';
import { type Report, reportSeries } from '../table.ts';

const REPLY_MS = 20;
const CHUNKS = 64;
const CHUNK_BYTES = 4096;
const ROUNDS = { full: 9, quick: 2 };
const BAR = { limit: 4.5, aim: 3.2 };

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

export async function measureChunks({ data, quick, log, signal }: Bench): Promise<Report> {
  const directory = join(data, 'chunks');
  mkdirSync(directory);
  log('store');
  const volfile = printVolumes(
    stackVolumes(
      [makeVolume('files', 'storage/posix', { directory })],
      [makeDelayVolume('slow', REPLY_MS)],
    ),
  );
  await using volume = await Volume.open({ volfile });
  const store = await ChunkStore.open(volume);
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  let made = 0;
  const measure = () => measureRound(store, made++);
  const series = await measureFunctions({ store: measure }, { rounds, signal, warmUp: measure });
  return reportSeries(series, {
    title: `${CHUNKS} chunks of ${CHUNK_BYTES} bytes: open or create, write, close; ${rounds} rounds`,
    columns: ['ms'],
    titles: { store: 'chunk store' },
    held: [
      {
        ...{ what: '64 chunks / one reply of the storage', mine: 'store', unit: '×', bar: BAR },
        pick: (ms) => ms / REPLY_MS,
      },
    ],
  });
}
