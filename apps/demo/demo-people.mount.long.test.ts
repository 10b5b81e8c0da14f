/** The demo's output for people, also on a busy machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { expectClean, runDemo } from '../../test/support/demo.ts';
import { describeMounts, withScratch } from '../../test/support/mount.ts';

const TIMES = '+([\\d.]+ ms|-) +([\\d.]+ ms|-)';

/** Runs `act` while busy loops occupy every CPU. */
async function whileBusy<T>(action: () => Promise<T>): Promise<T> {
  const burners = Array.from({ length: 2 * availableParallelism() }, () =>
    // nice, as other tests need the CPUs, too.
    spawn('nice', ['-n', '19', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  const ends = burners.map((burner) => once(burner, 'exit'));
  try {
    return await action();
  } finally {
    for (const burner of burners) burner.kill('SIGKILL');
    await Promise.all(ends);
  }
}

describeMounts('glossa demo', () => {
  it('prints one table at a terminal, and a warning on a busy machine', () =>
    withScratch(async (scratch) => {
      const { status, out, err } = await whileBusy(() => runDemo(scratch, ['--searches', '100']));
      expect({ status, err }).toEqual({ status: 0, err: '' });
      for (const name of ['no cache', 'TypeScript', 'Python']) {
        expect(out).toMatch(new RegExp(`^  ${name} +\\d+ +\\d+ ${TIMES}`, 'm'));
      }
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(
        /The machine was busy: other processes had \d+ % of the CPU time/,
      );
      expect(out.trimEnd().split('\n\n').at(-1)).toMatch(/^Over two bricks, 0\.5 ms away/);
      expect(out).toContain('option module-name negative');
      // Progress is shown only at terminals.
      expect(out).not.toMatch('\r');
      await expectClean(scratch);
    }));
});
