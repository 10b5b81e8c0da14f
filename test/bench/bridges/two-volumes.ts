/**
 * A program that starts one Python volume and others beside it, sends each a lookup, and prints the
 * best start time and the memory of the second. `second-volume.ts` runs it with --expose-gc and a
 * folder.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { absentLeaf, startModuleGraph } from '../../../apps/bench/run/call/graphs.ts';
import { makeLookupBatch } from '../../../apps/bench/run/call/request-batches.ts';
import { Cleanup } from '../../../apps/bench/run/cleanup.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { VolumeCosts } from './second-volume.ts';

/** Starts beside the first volume. The best one counts, as other load only slows them. */
const SECOND_STARTS = 4;
/** Time to free the memory of the start. */
const IDLE_MS = 1500;

/** Measures the resident memory after garbage collections, in 10⁶ bytes. */
async function measureResidentMb(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    await delay(IDLE_MS / 2);
    globalThis.gc?.();
  }
  return process.memoryUsage.rss() / 1e6;
}

async function main(): Promise<void> {
  const cleanup = new Cleanup();
  const { signal } = new AbortController();
  const logLine = (message: string): void => console.error(message);
  const lab = { folder: process.argv[2]!, cleanup, signal, log: logLine };
  /** Starts a volume and awaits its first answer; returns seconds. */
  const startVolume = async (): Promise<readonly [Graph, number]> => {
    const begin = performance.now();
    const graph = await startModuleGraph(lab, 'python', 'decided', absentLeaf);
    await makeLookupBatch(graph, ENOENT)(1);
    return [graph, (performance.now() - begin) / 1000];
  };
  try {
    const memory = [await measureResidentMb()];
    const [, first] = await startVolume();
    memory.push(await measureResidentMb());
    const seconds = [(await startVolume())[1]];
    memory.push(await measureResidentMb());
    while (seconds.length < SECOND_STARTS) {
      const [graph, more] = await startVolume();
      seconds.push(more);
      await graph.stop();
    }
    const [none, one, two] = memory as [number, number, number];
    const costs: VolumeCosts = {
      first: { seconds: first, megabytes: one - none },
      second: { seconds: Math.min(...seconds), megabytes: two - one },
    };
    console.log(JSON.stringify(costs));
  } catch (error) {
    console.log((error as Error).message.split('\n')[0]);
  } finally {
    await cleanup.run(logLine);
  }
}

void main();
