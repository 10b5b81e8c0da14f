import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { onceTrue } from '../../../test/support/bench-runs.ts';
import { runCommand } from '../../../test/support/cli.ts';
import { runGlossa, withScratch } from '../../../test/support/mount.ts';
import type { Cost } from './call/measure.ts';

const listFolders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('glossa-call-'));

it('bench call measures each kind of call in each language, relative to TypeScript', async () => {
  const before = listFolders();
  const args = ['--in', 'python,javascript', '--rounds', '1', '--json'];
  const { status, out, err } = await runCommand(['bench', 'call', ...args]);
  expect(err).toBe('');
  expect(status).toBe(0);
  const { calls } = JSON.parse(out) as {
    readonly calls: readonly {
      readonly kind: string;
      readonly typescript: Cost;
      readonly over: Readonly<Record<string, Cost>>;
    }[];
  };
  expect(calls.map(({ kind }) => kind)).toEqual([
    ...['decided', 'passed', 'seen', 'awaited', 'read-4k', 'read-128k', 'dict'],
  ]);
  for (const { typescript, over } of calls) {
    expect(typescript.median).toBeGreaterThan(0);
    expect(Object.keys(over)).toEqual(['python', 'javascript']);
    for (const cost of Object.values(over)) expect(Number.isFinite(cost.median)).toBe(true);
  }
  expect(listFolders()).toEqual(before);
});

it('an interrupted bench call prints the rounds so far, marked as interrupted', () =>
  withScratch(async (scratch) => {
    const args = ['bench', 'call', '--in', 'javascript', '--rounds', '1000000', '--json'];
    const result = await runGlossa(scratch, args, {
      env: { TMPDIR: scratch.path },
      patience: 120_000,
      onStart: (child) =>
        onceTrue(
          child,
          () => readdirSync(scratch.path).some((name) => name.startsWith('glossa-call-')),
          () => void child.kill('SIGTERM'),
        ),
    });
    expect(result.status).toBe(143);
    const { interrupted, calls } = JSON.parse(result.out) as { interrupted: boolean; calls: [] };
    expect(interrupted).toBe(true);
    expect(calls.length).toBeLessThan(7);
  }));

it('bench call prints a table with a column for each language', async () => {
  const args = ['--in', 'javascript', '--only', 'passed', '--rounds', '1'];
  const { status, out } = await runCommand(['bench', 'call', ...args]);
  expect(status).toBe(0);
  expect(out).toMatch(/^ +TypeScript +JavaScript$/m);
  expect(out).toMatch(/^passed on +\d+( \?)? +[+-]?\d+( \?)?$/m);
});

it.each<[string[], string]>([
  [['--in', 'pyton'], "--in does not know 'pyton' (did you mean 'python'?)"],
  [['--only', 'sen'], "--only does not know 'sen' (did you mean 'seen'?)"],
  [['--rounds', '0'], '--rounds takes at least 1'],
  [['x'], "unexpected 'x'"],
])('bench call %j ends with status 2 and names the mistake', async (args, message) => {
  const { status, err } = await runCommand(['bench', 'call', ...args]);
  expect(err).toContain(message);
  expect(status).toBe(2);
});
