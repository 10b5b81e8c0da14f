import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  bench,
  benchVolfile,
  commandOf,
  expectClean,
  rounds,
  runOf,
  whenTrue,
} from '../../../test/support/bench-runs.ts';
import { describeMounts, glossa, withScratch } from '../../../test/support/mount.ts';

const module = (name: string): string => `
volume ${name}
    type features/glupy
    option module-name ${name}
    subvolumes brick
end-volume
`;

/** A module that replies ENOENT for one of the files. */
const LIAR = `
from glupy import ENOENT, Translator

class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == 'file0007':
            return frame.fail(ENOENT)
        frame.wind()
`;

/** More rounds than a bench can finish before the mount dies. */
const MANY = 200;

/** The process that a bench has started to serve a volfile. */
function serverOf({ pid }: ChildProcess, volfile: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(children.find((child) => commandOf(child).includes(volfile)));
}

describeMounts('glossa bench', () => {
  it(
    'fails when an answer is wrong, and names the answer',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('honest.vol', benchVolfile());
        await scratch.file('liar.vol', benchVolfile(module('liar'), 'liar'));
        await scratch.file('liar.py', LIAR);
        const args = ['honest.vol', 'liar.vol', '-w', 'hit', '--seed', '3'];
        const ended = await bench(scratch, args);
        const complaint = 'stat of file0007 gives ENOENT, in the plain directory success';
        expect(ended.status).toBe(1);
        expect(ended.err).toContain(`failed: hit, liar: wrong answer: ${complaint}`);
        const { partial, workloads } = runOf(ended);
        expect(partial).toBe(true);
        const [honest, liar] = workloads[0]!.results;
        expect(rounds(honest!)).toBe(6);
        expect(liar!.missing).toContain(complaint);
        expectClean(scratch);
      }),
    150_000,
  );

  it(
    'fails when a condition of --fail-if holds, and only then',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('a.vol', benchVolfile());
        const args = ['a.vol', 'a.vol', '-w', 'miss'];
        const holding = await bench(scratch, [
          ...args,
          ...['--fail-if', 'a p50 > 1 ns', '--fail-if', 'a / a-2 p50 > 1000'],
        ]);
        expect(holding.err).toMatch(
          /^glossa bench: failed: a p50 > 1 ns: miss, same CPU: it is [\d.]+ \S+\n$/,
        );
        expect(holding.status).toBe(1);
        expect(runOf(holding).partial).toBe(false);
        const quiet = await bench(scratch, [...args, '--fail-if', 'a / a-2 p50 > 1000']);
        expect(quiet).toMatchObject({ status: 0, err: '' });
        const unread = await bench(scratch, [...args, '--fail-if', 'b p50 > 1 ns']);
        expect(unread.err).toContain("no stack is called 'b'");
        expect(unread.status).toBe(2);
        expectClean(scratch);
      }),
    150_000,
  );

  it(
    'keeps the rounds of a mount that dies, and marks the stack',
    () =>
      withScratch(async (scratch) => {
        await scratch.file('lasting.vol', benchVolfile());
        await scratch.file('dying.vol', benchVolfile());
        // The command counts its runs in a file, which shows when the rounds have begun.
        const count = scratch.at('count');
        const command = `case $PWD in *dying-mnt*) echo >> ${count};; esac`;
        const args = ['lasting.vol', 'dying.vol', '--rounds', String(MANY), '--duration', '0.001'];
        const ended = await glossa(
          scratch,
          ['bench', ...args, '--json', '--data', '.', '--', 'sh', '-c', command],
          {
            env: { TMPDIR: scratch.path },
            patience: 120_000,
            onStart: (child) =>
              whenTrue(
                child,
                () => existsSync(count) && statSync(count).size >= 30,
                () => process.kill(serverOf(child, 'dying.vol'), 'SIGKILL'),
              ),
          },
        );
        expect(ended.status).toBe(1);
        expect(ended.err).toContain('failed: command, dying: ');
        const run = runOf(ended);
        expect(run.partial).toBe(true);
        const [lasting, dying] = run.workloads[0]!.results;
        expect(rounds(lasting!)).toBe(MANY);
        expect(dying!.missing).toContain('its server ended, killed by SIGKILL');
        expect(rounds(dying!)).toBeGreaterThan(0);
        expect(rounds(dying!)).toBeLessThan(MANY);
        expectClean(scratch);
      }),
    150_000,
  );
});
