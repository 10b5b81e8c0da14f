/** A bench on a machine that other processes keep busy. */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { expect, it } from 'vitest';
import {
  benchVolfile,
  expectClean,
  readOutput,
  runBench,
} from '../../../test/support/bench-runs.ts';
import { describeMounts, runGlossa, withScratch } from '../../../test/support/mount.ts';

/** Busy loops for twice the number of CPUs. */
const BURNERS = 2 * cpus().length;
/** Time limit of the test. */
const TIMEOUT_MS = 300_000;

/** Runs `act` beside a number of busy loops. */
async function runBesideLoops<T>(burners: number, action: () => Promise<T>): Promise<T> {
  const children = Array.from({ length: burners }, () =>
    // nice, as other tests need the CPUs, too.
    spawn('nice', ['-n', '19', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  try {
    return await action();
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

describeMounts('glossa bench on a busy machine', () => {
  it(
    'warns first, and still finds a difference far larger than the noise',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        await scratch.writeFile('b.vol', benchVolfile(DELAYED, 'slow'));
        const args = ['a.vol', 'b.vol', '-w', 'miss', '--rounds', '6', '--duration', '0.02'];
        const result = await runBesideLoops(BURNERS, () =>
          runBench(scratch, [...args, '--json'], { patience: TIMEOUT_MS - 30_000 }),
        );
        expect(result.status, result.err).toBe(0);
        const [{ busy, results }] = readOutput(result).workloads as [
          ReturnType<typeof readOutput>['workloads'][number],
        ];
        expect(busy!.load).toBeGreaterThan(cpus().length);
        expect(results[1]!.measured!.toFirst!.verdict).toBe('slower');

        await scratch.writeFile('run.json', result.out);
        const { out } = await runGlossa(scratch, ['bench', 'report', 'run.json']);
        expect(out).toMatch(/^Busy in miss, same CPU: the machine was busy: other processes/);
        expect(out).toMatch(/b takes \S+ times as long as a \[/);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );
});

const DELAYED = `
volume slow
    type debug/delay-gen
    option delay-duration 20000
    option delay-percentage 100
    option enable LOOKUP
    subvolumes brick
end-volume
`;
