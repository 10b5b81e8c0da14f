/**
 * `glossa umount`: unmounts, even if the server has died ("Transport endpoint is not connected").
 * Then it waits for the server's end, as data may still have to be written. It finds the mount in
 * the kernel's list of mounts, because a dead or hanging server does not reply.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { checkHealth } from '../runtime/mount/mount-health.ts';
import { findMount } from '../runtime/mount/mountinfo.ts';
import { findServer, isRunning, type ServerProcess } from '../runtime/mount/server-process.ts';
import { ask, findMountOrServer, type NamedProcess } from '../server/control/control-client.ts';
import { unmountAt } from '../server/unmount.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { numberFlag, stepFlags, takeOperands, toggleFlag } from '../terminal/flags.ts';
import { printStep, type Terminal } from '../terminal/terminal.ts';

/**
 * The default of --timeout: the seconds for a server to end, more than the time limit of a module.
 */
const END_TIMEOUT_S = 30;
/** The time between two checks whether it has ended. */
const POLL_INTERVAL_MS = 10;

export default defineCommand({
  usage: ['glossa umount MNT|BRICK [options]'],
  description:
    'Unmounts MNT, and returns when its server has ended. What a killed server left behind (files ' +
    'answer "Transport endpoint is not connected") is taken away as well. Of a BRICK, or the folder of a ' +
    'volfile server, it ends the process, as SIGTERM does, with all that it serves.',
  flags: {
    ...stepFlags,
    lazy: toggleFlag({
      short: 'z',
      help: 'detach it now also when it is in use; its server ends when nothing uses it any more',
    }),
    'no-wait': toggleFlag({ help: 'return when it is unmounted; the server may still be ending' }),
    timeout: numberFlag({
      placeholder: 'SEC',
      help: `seconds to wait for the end of the server, before umount fails (${END_TIMEOUT_S})`,
    }),
  },
  async run({ flags, operands }, terminal) {
    const [operand] = takeOperands(operands, ['MNT|BRICK']);
    const target = await findMountOrServer(operand);
    const isWaiting = !flags['no-wait'];
    if ('process' in target) {
      if (flags.lazy) throw new UsageError('--lazy is for mounts');
      await endServer(target, isWaiting ? (flags.timeout ?? END_TIMEOUT_S) : null, terminal);
      return EXIT_OK;
    }
    const { mountpoint } = target;
    const mount = findMount(mountpoint);
    // Another process has unmounted it since, and waits for the server's end.
    if (mount === null) return EXIT_OK;
    const server = isWaiting ? findServer(mount) : null;
    const isAlive = isWaiting && server === null && (await checkHealth(mountpoint)) !== 'dead';
    // A server that has ended has unmounted it first; one that still serves it cannot be seen from here.
    const isHidden = isAlive && findMount(mountpoint)?.device === mount.device;
    if (server !== null) printStep(`process ${server.pid} serves ${mountpoint}`, terminal);
    const isInUse = await unmountAt(mount, operand, flags.lazy);
    printStep(`${mountpoint} is unmounted`, terminal);
    if (isHidden) throw new Failure(`${operand} is unmounted, ${HIDDEN_SERVER_TEXT}`);
    if (server !== null) {
      await waitForServer(server, operand, { isInUse, timeoutS: flags.timeout ?? END_TIMEOUT_S });
      printStep(`process ${server.pid} has ended`, terminal);
    }
    return EXIT_OK;
  },
});

/** Ends a server without a mount. @param timeoutS seconds; null for no wait. @throws {Failure} */
async function endServer(
  target: NamedProcess,
  timeoutS: number | null,
  terminal: Terminal,
): Promise<void> {
  const { process, operand } = target;
  const { pid } = process;
  printStep(`ask process ${pid} to end`, terminal);
  // An error means that the server has ended before it replied.
  await ask(target, 'end').catch(() => {});
  if (timeoutS === null) return;
  if (!(await endsWithin(process, timeoutS))) {
    throw new Failure(
      `after ${timeoutS} s the server of ${operand} (process ${pid}) has not ended; 'kill -9 ${pid}' ends it`,
    );
  }
  printStep(`process ${pid} has ended`, terminal);
}

const HIDDEN_SERVER_TEXT =
  'but its server is not to be seen from here (it may be in another container), so its end was not ' +
  'waited for; --no-wait asks for no more';

/** Waits for the end of a server after its unmount. @throws {Failure} when that takes too long */
async function waitForServer(
  server: ServerProcess,
  operand: string,
  { isInUse, timeoutS }: { isInUse: boolean; timeoutS: number },
): Promise<void> {
  if (await endsWithin(server, timeoutS)) return;
  const { pid } = server;
  throw new Failure(
    isInUse
      ? `${operand} is detached, but after ${timeoutS} s something still uses it: its server ` +
          `(process ${pid}) goes on until nothing does`
      : `${operand} is unmounted, but after ${timeoutS} s its server (process ${pid}) has not ` +
          `ended: it is stuck, or another mount namespace has it mounted; 'kill -9 ${pid}' ends it`,
  );
}

/** Waits for a server's end; resolves to whether it ended within `timeoutS` seconds. */
async function endsWithin(server: ServerProcess, timeoutS: number): Promise<boolean> {
  const startedAtMs = performance.now();
  while (isRunning(server)) {
    if (performance.now() - startedAtMs >= timeoutS * 1000) return false;
    await delay(POLL_INTERVAL_MS);
  }
  return true;
}
