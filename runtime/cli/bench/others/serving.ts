/** Stacks of others behind their mounts: a server process of each, over a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StackPlan } from '../../../bench/measure.ts';
import { NotMeasured } from '../../../bench/missing.ts';
import type { MeasuredStack } from '../../../bench/schema.ts';
import type { Served } from '../../../bench/target.ts';
import { findMount } from '../../../mount/fuse/channel.ts';
import { detach } from '../../umount.ts';
import type { Mounting, OtherStack, ServerCommand, Timeouts } from './other.ts';

export interface OtherServing {
  /** For mount points, logs and the like. */
  readonly scratch: string;
  /** For what the stacks store. */
  readonly data: string;
  readonly timeouts: Timeouts;
}

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 5_000;
const LOOK_MS = 2;

/** A stack as it is measured. */
export function otherPlan(stack: OtherStack, serving: OtherServing): MeasuredStack & StackPlan {
  const { name, description, volfile, unfit } = stack;
  const { scratch, data, timeouts } = serving;
  const directory = join(data, name);
  const mounting: Mounting = {
    mountpoint: join(scratch, `${name}-mnt`),
    directory,
    timeouts,
    log: join(scratch, `${name}.log`),
    scratch,
  };
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  const start = (fresh: boolean): Promise<Served> => {
    if (fresh) discard();
    mkdirSync(directory, { recursive: true });
    mkdirSync(mounting.mountpoint, { recursive: true });
    return serve(stack.command(mounting), mounting);
  };
  return {
    name,
    description,
    volfile: volfile?.(directory) ?? null,
    counted: null,
    ...(unfit === undefined ? {} : { unfit }),
    serve: start,
    // Nobody knows where its time goes.
    serveProfiled: () => start(true),
    takeProfile: () => null,
    discard,
  };
}

/** @throws {NotMeasured} with what the server said */
async function serve(command: ServerCommand, { mountpoint, log }: Mounting): Promise<Served> {
  const [program, ...args] = command.line;
  const output = openSync(log, 'a');
  const begun = performance.now();
  // A session of its own: Ctrl-C is for the bench, which ends its servers in order.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...command.env },
  });
  closeSync(output);
  const over = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const stop = (): Promise<void> => stopServer(child, over, mountpoint);
  if (!(await answersBefore(over, mountpoint))) {
    await stop();
    throw new NotMeasured(`it did not mount: ${complaint(log)}`);
  }
  return {
    pid: child.pid!,
    mountpoint,
    startSeconds: (performance.now() - begun) / 1e3,
    stop,
    async ended() {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      return hasEnded ? `its server ended: ${complaint(log)}` : null;
    },
  };
}

/** Whether the mount answers before its server ends or takes too long. */
async function answersBefore(over: Promise<void>, mountpoint: string): Promise<boolean> {
  const patience = new AbortController();
  const { signal } = patience;
  const late = delay(START_MS_MAX, false, { signal }).catch(() => false);
  const ended = over.then(() => false);
  const result = await Promise.race([answers(mountpoint, signal), ended, late]);
  patience.abort();
  return result;
}

async function answers(mountpoint: string, signal: AbortSignal): Promise<boolean> {
  while (findMount(mountpoint) === null) {
    if (signal.aborted) return false;
    await delay(LOOK_MS);
  }
  return stat(mountpoint).then(
    () => true,
    // Its server has ended since.
    () => false,
  );
}

async function stopServer(
  child: ChildProcess,
  over: Promise<void>,
  mountpoint: string,
): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await over;
  clearTimeout(late);
  if (findMount(mountpoint) !== null) detach(mountpoint, true);
}

/** The last line of its log that is an error. */
function complaint(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  const last = lines.findLast((line) => / E \[|error/i.test(line)) ?? lines.at(-1);
  return last?.trim() || 'it said nothing';
}
