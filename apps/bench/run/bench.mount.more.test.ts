import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  benchVolfile,
  countRounds,
  expectClean,
  LIAR,
  onceTrue,
  readCommandLine,
  readOutput,
  runShortBench,
} from '../../../test/support/bench-runs.ts';
import { describeMounts, runGlossa, withScratch } from '../../../test/support/mount.ts';
import { selected } from '../../../test/support/test-selection.ts';

const moduleVolume = (name: string): string => `
volume ${name}
    type features/glupy
    option module-name ${name}
    subvolumes brick
end-volume
`;

/** More rounds than a bench can finish before the mount dies. */
const ROUNDS = 200;

/** The process that a bench has started to serve a volfile. */
function findServer({ pid }: ChildProcess, volfile: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(children.find((child) => readCommandLine(child).includes(volfile)));
}

describeMounts('glossa bench', () => {
  it(
    'fails when a reply is wrong, and names the reply',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('honest.vol', benchVolfile());
        await scratch.writeFile('liar.vol', benchVolfile(moduleVolume('liar'), 'liar'));
        await scratch.writeFile('liar.py', LIAR);
        const args = ['honest.vol', 'liar.vol', '-w', 'hit', '--seed', '3'];
        const result = await runShortBench(scratch, args);
        const complaint = 'stat of file0007 gives ENOENT, in the plain directory success';
        expect(result.status).toBe(1);
        expect(result.err).toContain(`failed: hit, liar: wrong answer: ${complaint}`);
        const { partial, workloads } = readOutput(result);
        expect(partial).toBe(true);
        const [honest, liar] = workloads[0]!.results;
        expect(countRounds(honest!)).toBe(6);
        expect(liar!.missing).toContain(complaint);
        expectClean(scratch);
      }),
    150_000,
  );

  it(
    'fails when a condition of --fail-if holds, and only then',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const args = ['a.vol', 'a.vol', '-w', 'miss'];
        const failed = await runShortBench(scratch, [
          ...args,
          ...['--fail-if', 'a p50 > 1 ns', '--fail-if', 'a / a-2 p50 > 1000'],
        ]);
        expect(failed.err).toMatch(
          /^glossa bench: failed: a p50 > 1 ns: miss, same CPU: it is [\d.]+ \S+\n$/,
        );
        expect(failed.status).toBe(1);
        expect(readOutput(failed).partial).toBe(false);
        const passed = await runShortBench(scratch, [...args, '--fail-if', 'a / a-2 p50 > 1000']);
        expect(passed).toMatchObject({ status: 0, err: '' });
        const refused = await runShortBench(scratch, [...args, '--fail-if', 'b p50 > 1 ns']);
        expect(refused.err).toContain("no stack is called 'b'");
        expect(refused.status).toBe(2);
        expectClean(scratch);
      }),
    150_000,
  );

  if (selected.others)
    it(
      'keeps the rounds of a mount that dies, and marks the stack',
      () =>
        withScratch(async (scratch) => {
          await scratch.writeFile('lasting.vol', benchVolfile());
          await scratch.writeFile('dying.vol', benchVolfile());
          // The command writes down its stack. They take turns once they are warm, so turns show rounds.
          const turns = scratch.at('turns');
          await scratch.writeFile('turns', '');
          const command = `case $PWD in *dying-mnt*) printf d;; *) printf l;; esac >> ${turns}`;
          const args = [
            'lasting.vol',
            'dying.vol',
            '--rounds',
            String(ROUNDS),
            '--duration',
            '0.001',
          ];
          const result = await runGlossa(
            scratch,
            ['bench', ...args, '--json', '--data', '.', '--', 'sh', '-c', command],
            {
              env: { TMPDIR: scratch.path },
              patience: 120_000,
              onStart: (child) =>
                onceTrue(
                  child,
                  () => /(d+l+){3}/.test(readFileSync(turns, 'utf8')),
                  () => process.kill(findServer(child, 'dying.vol'), 'SIGKILL'),
                ),
            },
          );
          expect(result.status).toBe(1);
          expect(result.err).toContain('failed: command, dying: ');
          const run = readOutput(result);
          expect(run.partial).toBe(true);
          const [lasting, dying] = run.workloads[0]!.results;
          expect(countRounds(lasting!)).toBe(ROUNDS);
          expect(dying!.missing).toContain('its server ended, killed by SIGKILL');
          expect(countRounds(dying!)).toBeGreaterThan(0);
          expect(countRounds(dying!)).toBeLessThan(ROUNDS);
          expectClean(scratch);
        }),
      150_000,
    );
});
