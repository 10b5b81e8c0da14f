/**
 * Runs in the client process of a stack that is measured without a mount: opens the stack's volume,
 * and sends the requests of a workload through it. stack-mount.ts starts it.
 */
import '../../../runtime/sys/inspector.ts';
import { OpenError, Volume } from '../../../server/open-volume.ts';
import { collectVolumeDumps } from '../../../server/statedump/volume-dumps.ts';
import { serveRequests } from '../engine/load/serve-requests.ts';
import { MeasurementError } from '../engine/measurement-error.ts';
import type { WorkloadName } from '../engine/workloads/index.ts';
import { findVolumeWorkload } from './volume-workloads.ts';

/** The opened volume; null before `openVolume`. */
let volume: Volume | null = null;

serveRequests({
  open: (workload, setting) => findVolumeWorkload(workload as WorkloadName).open(volume!, setting),
  handlers: {
    async openVolume({ volfile, overrides, logFile }) {
      try {
        // As root, like the requests of a mount's owner, whose files these are.
        volume = await Volume.open(volfile, { uid: 0, gid: 0, overrides, log: logFile });
      } catch (error) {
        if (!(error instanceof OpenError)) throw error;
        throw new MeasurementError(error.problems.join('\n'));
      }
      // As a mount does first: cluster/distribute learns the root's layout from the reply.
      await volume.stat('/');
      return true as const;
    },
    dump: () => collectVolumeDumps(volume!.client.graph),
    async make({ workload, root, searches }) {
      if (root !== '/') await volume!.mkdir(root);
      await findVolumeWorkload(workload).make(volume!, root, searches);
      return true as const;
    },
  },
});
