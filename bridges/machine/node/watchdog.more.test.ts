/** The watchdog's worker thread on Node; host/limits/watchdog.test.ts covers its samples. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';

it('a process can exit at any moment while the watchdog of the time limit runs', async () => {
  const at = (file: string): string => JSON.stringify(join(packageRoot, file));
  const script = `import { makeSharedWord } from ${at('dist/bridges/host/limits/watchdog.js')};
    import { watch } from ${at('dist/bridges/machine/node/watchdog.js')};
    watch({ word: makeSharedWord(), limitMs: 1000, name: 'v' });
    setTimeout(() => process.exit(7), process.argv[1]);`;
  const ended = Array.from({ length: 30 }, async (_, i) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, String(15 * i)]);
    return (await once(child, 'exit'))[0] as number;
  });
  expect(new Set(await Promise.all(ended))).toEqual(new Set([7]));
});

it('a call that can only be ended is ended by V8 while the thread of the watchdog is not started', async () => {
  const at = (file: string): string => JSON.stringify(join(packageRoot, file));
  const script = `import { InterpreterGate } from ${at('dist/bridges/host/limits/interpreter-gate.js')};
    import { makeSharedWord, watchdog } from ${at('dist/bridges/host/limits/watchdog.js')};
    import { watch } from ${at('dist/bridges/machine/node/watchdog.js')};
    const reasons = [];
    const gate = new InterpreterGate({
      word: makeSharedWord(), limitMs: 100, name: 'v', isOnlyEnded: true, watchEngine: watch,
      onAborted: (reason) => reasons.push(reason),
    });
    gate.startTiming();
    const call = (work) => gate.runInOwnTurn(() => {
      gate.enterGuest();
      work();
      gate.leaveGuest();
    }, () => new Error('ended'));
    const states = [watchdog.isRunning];
    // By V8, and after so many calls that never wait by the thread.
    for (let round = 0; round < 2; round += 1) {
      try {
        call(() => { for (;;); });
      } catch (error) {
        reasons.push(error.message);
      }
      for (let i = 0; i < 60; i += 1) call(() => {});
      states.push(watchdog.isRunning);
    }
    console.log(JSON.stringify({ reasons, states }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const { reasons, states } = JSON.parse(await text(child.stdout)) as Record<string, unknown[]>;
  const reason = expect.stringMatching(/^a call ran too long \(0\.\d s\) .*\(option time-limit\)$/);
  expect(reasons).toEqual([reason, 'ended', reason, 'ended']);
  expect(states).toEqual([false, true, true]);
});

/** With a quarter of a CPU, a call runs far beyond its limit by the clock, but not by CPU time. */
it('the watchdog of the time limit does not count the time in which other processes use the CPU', async () => {
  const cpu = readAllowedCpu();
  const startPinned = (nice: number, script: string) =>
    spawn('nice', [
      ...['-n', String(nice), 'taskset', '-c', cpu, process.execPath],
      ...['--input-type=module', '-e', script],
    ]);
  const children = [startPinned(0, 'for (;;);')];
  try {
    const at = (file: string): string => JSON.stringify(join(packageRoot, file));
    const run = startPinned(
      5,
      `import { COUNT, INTERRUPT, makeSharedWord, RUNNING } from ${at('dist/bridges/host/limits/watchdog.js')};
      import { watch } from ${at('dist/bridges/machine/node/watchdog.js')};
      const word = makeSharedWord();
      watch({ word, limitMs: 800, name: 'v' });
      const spin = (call, until) => {
        const begun = performance.now();
        word[0] = call * COUNT | RUNNING;
        while (!until()) for (let i = 0; i < 1e5; i += 1);
        word[0] &= ~RUNNING;
        return performance.now() - begun;
      };
      const used = () => process.cpuUsage().user / 1000;
      const begun = used();
      const took = spin(1, () => used() - begun > 400);
      const interrupted = (word[0] & INTERRUPT) !== 0;
      spin(2, () => (word[0] & INTERRUPT) !== 0);
      console.log(JSON.stringify({ took, interrupted }));
      process.exit();`,
    );
    children.push(run);
    const output = JSON.parse(await text(run.stdout)) as { took: number; interrupted: boolean };
    expect(output.took).toBeGreaterThan(800);
    expect(output.interrupted).toBe(false);
  } finally {
    await Promise.all(children.map(awaitExit));
  }
});

async function awaitExit(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The first CPU that this process may run on. */
const readAllowedCpu = (): string =>
  /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
