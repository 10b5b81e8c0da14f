/** Reads the number of lookups at volumes of a mount, from the statistics of its server. */
import { ask } from '../../../server/control/control-client.ts';
import { findMountServer } from '../../../server/control/find-server.ts';
import type { VolumeDumps } from '../../../server/statedump/volume-dumps.ts';
import { Failure } from '../../../terminal/exit.ts';
import { ServerGone } from '../engine/load/clients.ts';
import type { LookupCounter } from '../engine/target.ts';

/**
 * Makes a counter of the lookups at these debug/io-stats volumes. The counter returns null if the
 * statistics lack one of the volumes. It throws ServerGone if the server does not reply.
 */
export const makeLookupCounter =
  (volumes: readonly string[]): LookupCounter =>
  async (mountpoint, timeoutMs) => {
    try {
      const server = await findMountServer(mountpoint, mountpoint);
      const statedump = (await ask(server, 'stats', AbortSignal.timeout(timeoutMs))) as VolumeDumps;
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
