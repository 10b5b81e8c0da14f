/**
 * `glossa umount`: unmounts, also after the server has died ("Transport endpoint is not
 * connected"), and waits for the end of the server, which may still have data to write. It finds the mount in the list
 * of mounts, as a dead mount or a hanging server does not reply.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { healthOf } from '../runtime/mount/mount-health.ts';
import { findMount } from '../runtime/mount/mountinfo.ts';
import { findServer, isRunning, type ServerProcess } from '../runtime/mount/server-process.ts';
import { ask } from '../server/control/client.ts';
import { type FoundServer, findAny } from '../server/control/find-server.ts';
import { unmountAt } from '../server/unmount.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { number, stepFlags, takeOperands, toggle } from '../terminal/flags.ts';
import { step, type Terminal } from '../terminal/terminal.ts';

/** The time limit for a server to end, longer than the limit of a module. */
const PATIENCE = 30;
const STEP_MS = 10;

export default defineCommand({
  usage: ['glossa umount MNT|BRICK [options]'],
  description:
    'Unmounts MNT, and returns when its server has ended. What a killed server left behind (files ' +
    'answer "Transport endpoint is not connected") is taken away as well. Of a BRICK, or the folder of a ' +
    'volfile server, it ends the process, as SIGTERM does, with all that it serves.',
  flags: {
    ...stepFlags,
    lazy: toggle({
      short: 'z',
      help: 'detach it now also when it is in use; its server ends when nothing uses it any more',
    }),
    'no-wait': toggle({ help: 'return when it is unmounted; the server may still be ending' }),
    timeout: number({
      value: 'SEC',
      help: `seconds to wait for the end of the server, before umount fails (${PATIENCE})`,
    }),
  },
  async run({ flags, operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT|BRICK']);
    const found = await findAny(given);
    const waits = !flags['no-wait'];
    if ('process' in found) {
      if (flags.lazy) throw new UsageError('--lazy is for mounts');
      await endServer(found, waits ? (flags.timeout ?? PATIENCE) : null, terminal);
      return EXIT_OK;
    }
    const { mountpoint } = found;
    const mount = findMount(mountpoint);
    // Another process has just unmounted it, and waits for the server.
    if (mount === null) return EXIT_OK;
    const server = waits ? findServer(mount) : null;
    const isHidden = waits && server === null && (await healthOf(mountpoint)) !== 'dead';
    if (server !== null) step(`process ${server.pid} serves ${mountpoint}`, terminal);
    const inUse = await unmountAt(mount, given, flags.lazy);
    step(`${mountpoint} is unmounted`, terminal);
    if (isHidden) throw new Failure(`${given} is unmounted, ${HIDDEN}`);
    if (server !== null) {
      await waitFor(server, given, { inUse, patience: flags.timeout ?? PATIENCE });
      step(`process ${server.pid} has ended`, terminal);
    }
    return EXIT_OK;
  },
});

/** Ends a server without a mount. @param patience seconds; null for no wait. @throws {Failure} */
async function endServer(
  found: FoundServer,
  patience: number | null,
  terminal: Terminal,
): Promise<void> {
  const { process, given } = found;
  const { pid } = process;
  step(`ask process ${pid} to end`, terminal);
  // The server may have ended meanwhile at another request.
  await ask(found, 'end').catch(() => {});
  if (patience === null) return;
  if (!(await hasEnded(process, patience))) {
    throw new Failure(
      `after ${patience} s the server of ${given} (process ${pid}) has not ended; 'kill -9 ${pid}' ends it`,
    );
  }
  step(`process ${pid} has ended`, terminal);
}

const HIDDEN =
  'but its server is not to be seen from here (it may be in another container), so its end was not ' +
  'waited for; --no-wait asks for no more';

/** Waits for the end of a server after its unmount. @throws {Failure} when that takes too long */
async function waitFor(
  server: ServerProcess,
  given: string,
  { inUse, patience }: { inUse: boolean; patience: number },
): Promise<void> {
  if (await hasEnded(server, patience)) return;
  const { pid } = server;
  throw new Failure(
    inUse
      ? `${given} is detached, but after ${patience} s something still uses it: its server ` +
          `(process ${pid}) goes on until nothing does`
      : `${given} is unmounted, but after ${patience} s its server (process ${pid}) has not ` +
          `ended: it is stuck, or another mount namespace has it mounted; 'kill -9 ${pid}' ends it`,
  );
}

/** Whether a server ends within so many seconds. */
async function hasEnded(server: ServerProcess, patience: number): Promise<boolean> {
  const start = performance.now();
  while (isRunning(server)) {
    if (performance.now() - start >= patience * 1000) return false;
    await delay(STEP_MS);
  }
  return true;
}
