/** Runs `glossa bench` in a scratch folder, and checks that it leaves nothing behind. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { expect } from 'vitest';
import { parseRun, type Run, type StackResult } from '../../apps/bench/engine/schema.ts';
import { mountPoints, type Outcome, runGlossa, type Scratch } from './mount.ts';

/** A stack that counts lookups; the volumes `above` stand between the counter and the top. */
export const benchVolfile = (above = '', top = 'brick'): string => `
volume storage
    type storage/posix
    option directory files
end-volume
volume brick
    type debug/io-stats
    option count-fop-hits on
    subvolumes storage
end-volume
${above}
volume top
    type debug/io-stats
    subvolumes ${top}
end-volume
`;

/** A module that replies ENOENT for one of the files. */
export const LIAR = `
from glupy import ENOENT, Translator

class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == 'file0007':
            return frame.fail(ENOENT)
        frame.wind()
`;

/** The least that there is to measure. */
export const LEAST = ['--rounds', '6', '--duration', '0.02', '--json'];

type Settings = Parameters<typeof runGlossa>[2];

/** Temporary folders of the run are made in the scratch folder, so that all of them are seen. */
export const runBench = (
  scratch: Scratch,
  args: readonly string[],
  settings: Settings = {},
): Promise<Outcome> =>
  runGlossa(scratch, ['bench', ...args], {
    env: { TMPDIR: scratch.path },
    patience: 120_000,
    ...settings,
  });

/** The shortest run, of a command if one is given. */
export const runShortBench = (
  scratch: Scratch,
  args: readonly string[],
  settings?: Settings,
  command: readonly string[] = [],
): Promise<Outcome> => {
  const rest = command.length === 0 ? [] : ['--', ...command];
  return runBench(scratch, [...args, ...LEAST, ...rest], settings);
};

export const readOutput = ({ out, err }: Outcome): Run => parseRun(out, `standard output (${err})`);

/** The number of measured rounds. */
export const countRounds = ({ measured }: StackResult): number | undefined =>
  measured?.rounds.length;

/** Nothing is mounted below it, and no folder of a run is left. */
export function expectClean(scratch: Scratch): void {
  const real = realpathSync(scratch.path);
  expect(mountPoints().filter((point) => point.startsWith(`${real}/`))).toEqual([]);
  expect(readdirSync(scratch.path).filter((name) => name.startsWith('glossa-bench'))).toEqual([]);
}

/** Does something once when something is true, while a process runs. */
export function onceTrue(child: ChildProcess, isTrue: () => boolean, act: () => void): void {
  const timer = setInterval(() => {
    if (!isTrue()) return;
    clearInterval(timer);
    act();
  }, 10);
  child.once('exit', () => clearInterval(timer));
}

/** The command line of a process; empty for an ended one. */
export function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
