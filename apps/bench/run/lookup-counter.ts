/** Reads the number of lookups at volumes of a stack, from the statistics of its process. */
import { ask, findMountServer } from '../../../server/control/control-client.ts';
import type { VolumeDumps } from '../../../server/statedump/volume-dumps.ts';
import { Failure } from '../../../terminal/exit.ts';
import { ServerGone } from '../engine/load/clients.ts';
import type { LookupCounter, ServedStack } from '../engine/target.ts';

/**
 * Makes a counter of the lookups at these debug/io-stats volumes. The counter returns null if the
 * statistics lack one of the volumes. It throws ServerGone if the server does not reply.
 */
export const makeLookupCounter =
  (volumes: readonly string[]): LookupCounter =>
  async (stack, timeoutMs) => {
    try {
      const statedump = await readVolumeDumps(stack, timeoutMs);
      const countsByVolume = volumes.map((name) => {
        const dump = statedump.volumes.find((volume) => volume.name === name)?.dump;
        return dump === undefined ? Number.NaN : Number(dump['LOOKUP.hits'] ?? 0);
      });
      const sum = countsByVolume.reduce((total, count) => total + count, 0);
      return Number.isNaN(sum) ? null : sum;
    } catch (error) {
      throw error instanceof Failure ? new ServerGone(error.message) : error;
    }
  };

/** Reads the counters of all volumes of a stack. @throws {Failure | MeasurementError} */
async function readVolumeDumps(stack: ServedStack, timeoutMs: number): Promise<VolumeDumps> {
  if ('clients' in stack) return stack.clients.requestFirst('dump', {}, timeoutMs);
  const server = await findMountServer(stack.mountpoint, stack.mountpoint);
  return (await ask(server, 'stats', AbortSignal.timeout(timeoutMs))) as VolumeDumps;
}
