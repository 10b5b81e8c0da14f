/** The part `store`: 64 chunks at a time on a storage that replies after 20 ms. */
import { measureFunctions } from '../../../apps/bench/engine/rounds.ts';
import { stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { makeDelayVolume } from '../../../apps/bench/run/bricks.ts';
import { ChunkStore, formatChunkName } from '../../../runtime/chunks/index.ts';
import { printVolumes } from '../../../runtime/volfile/description.ts';
import { Volume } from '../../../server/open-volume.ts';
import type { Bench } from '../bench.ts';
import { makePosix } from '../servers.ts';
import { hold, type Report, reportSeries } from '../table.ts';

const REPLY_MS = 20;
const CHUNKS = 64;
const CHUNK_BYTES = 4096;
const ROUNDS = { full: 9, quick: 2 };

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

export async function measureChunks(bench: Bench): Promise<Report> {
  const { quick, log, signal } = bench;
  log('store');
  const volfile = printVolumes(
    stackVolumes([makePosix(bench, 'chunks')], [makeDelayVolume('slow', REPLY_MS)]),
  );
  await using volume = await Volume.open({ volfile });
  const store = await ChunkStore.open(volume);
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  let made = 0;
  const measure = () => measureRound(store, made++);
  const series = await measureFunctions(
    { store: async () => ({ ms: await measure(), reply: REPLY_MS }) },
    { rounds, signal, warmUp: measure },
  );
  return reportSeries(
    {
      what: `${CHUNKS} chunks of ${CHUNK_BYTES} bytes`,
      unitText: `open or create, write, close; ${rounds} rounds`,
      titles: { store: 'chunk store' },
      key: 'ms',
      columns: [['ms', 'ms']],
      held: [
        hold('64 chunks / one reply of the storage', ['store', 'store'], '≤ 4.5, aim 3.2', {
          otherKey: 'reply',
        }),
      ],
    },
    series,
  );
}
