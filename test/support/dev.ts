/** Starts `glossa dev` for tests, and reads what it prints. */
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Outcome, runGlossa, type Scratch } from './mount.ts';

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  readonly mnt: string;
  /** Waits until this was said. */
  says(text: string): Promise<void>;
  seen(name: string): Promise<boolean>;
}

export type Started = Pick<Running, 'child' | 'outcome' | 'says'> & { said(): string };

/** Starts glossa dev, or another command, with its temporary folder inside the scratch folder. */
export async function start(
  scratch: Scratch,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command = 'dev',
): Promise<Started> {
  const TMPDIR = await scratch.makeFolder('tmp');
  let child!: ChildProcess;
  let said = '';
  const outcome = runGlossa(scratch, [command, ...args], {
    env: { ...env, TMPDIR },
    patience: 0,
    onStart(started) {
      child = started;
      for (const stream of [started.stdout!, started.stderr!]) {
        stream.on('data', (chunk) => {
          said += String(chunk);
        });
      }
    },
  });
  const says = async (text: string): Promise<void> => {
    while (!said.includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`it ended before it said '${text}':\n${said}`);
      }
      await delay(10);
    }
  };
  return { child, outcome, says, said: () => said };
}

/** The same, mounted. */
export async function dev(
  scratch: Scratch,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Running> {
  return mounted(await start(scratch, args, env));
}

export async function mounted({ child, outcome, says, said }: Started): Promise<Running> {
  await says('Ctrl-C\n');
  const mnt = / mounted on (\S+?),?(?=[\s,])/.exec(said())![1]!;
  const seen = (name: string): Promise<boolean> =>
    stat(join(mnt, name)).then(
      () => true,
      () => false,
    );
  return { child, outcome, mnt, says, seen };
}

/** Expects that nothing is left of it. */
export async function expectClean(scratch: Scratch): Promise<void> {
  const left = async (): Promise<boolean> =>
    (await readdir(scratch.at('tmp'))).some((name) => name.startsWith('glossa-dev-'));
  while (await left()) await delay(50);
  expect(scratch.findMounts()).toEqual([]);
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  // The server's arguments name its folder; it may take a moment to be gone.
  if (lines.some((line) => line.includes(scratch.at('tmp/glossa-dev-')))) {
    await delay(100);
    return expectClean(scratch);
  }
}
