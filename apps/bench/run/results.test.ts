import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/support/cli.ts';
import { type Scratch, withScratch } from '../../../test/support/mount.ts';
import { simulatedWorkloads, simulateRun } from '../../../test/support/simulated-run.ts';

const run = simulateRun();
const slower = simulateRun(
  {},
  simulatedWorkloads.map((entry) => ({
    ...entry,
    medians: entry.medians.map((median) => (median === null ? null : 2 * median)),
  })),
);

const withRuns = (test: (a: string, b: string, scratch: Scratch) => Promise<void>) =>
  withScratch(async (scratch) => {
    const a = await scratch.writeFile('a.json', JSON.stringify(run));
    await test(a, await scratch.writeFile('b.json', JSON.stringify(slower)), scratch);
  });

describe('glossa bench compare', () => {
  it('prints a line for each stack, with times, ratio and verdict', () =>
    withRuns(async (a, b) => {
      const { status, out, err } = await runCommand(['bench', 'compare', a, b]);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toMatch(/miss, same CPU\n {2}typescript .* 2\.00 \[.*\] +slower\n/);
      expect(out).toMatch(/python \/ typescript .* 0\.9999 \[0\.98 – 1\.02\] +no difference\n/);
      const json = await runCommand(['bench', 'compare', '--json', a, a]);
      expect(JSON.parse(json.out)).toMatchObject({ warnings: [], lines: { length: 15 } });
    }));

  it('refuses a file that is no result of the bench, and names it', () =>
    withRuns(async (a, _, scratch) => {
      const bad = await scratch.writeFile('bad.json', JSON.stringify({ ...run, stacks: [] }));
      const failCommand = async (...args: string[]) =>
        (await runCommand(['bench', 'compare', ...args])).err;
      expect(await failCommand(a, bad)).toBe(
        `glossa: ${bad}: no result of glossa bench: each workload has one of each stack\n`,
      );
      expect(await failCommand(a, scratch.at('none'))).toBe(
        `glossa: cannot read ${scratch.at('none')}: No such file or directory\n`,
      );
      const empty = await scratch.writeFile('empty.json', JSON.stringify(simulateRun({}, [])));
      expect(await failCommand(a, empty)).toMatch(/^glossa: the results have nothing in common\n/);
      expect(await failCommand(a)).toMatch(/^glossa bench compare: SECOND\.json is missing\n/);
    }));
});

describe('glossa bench report', () => {
  it('prints a table', () =>
    withRuns(async (a) => {
      const { status, out } = await runCommand(['bench', 'report', a]);
      expect(status).toBe(0);
      expect(out).toMatch(/python .*\b1\.17 \[1\.15 – 1\.18\] +slower/);
    }));

  it('writes a folder, and replaces one only with --force', () =>
    withRuns(async (a, b, scratch) => {
      const out = scratch.at('out');
      const written = await runCommand(['bench', 'report', a, '--out', out]);
      expect(written).toEqual({ status: 0, out: '', err: '' });
      expect(readdirSync(out).sort()).toEqual(['report.html', 'report.md', 'run.json']);
      const again = await runCommand(['bench', 'report', b, '--out', out]);
      expect(again).toMatchObject({ status: 1 });
      expect(again.err).toBe(`glossa: ${out} exists; with --force, its report is replaced\n`);
      expect((await runCommand(['bench', 'report', b, '--out', out, '--force'])).status).toBe(0);
      expect(JSON.parse(readFileSync(`${out}/run.json`, 'utf8'))).toEqual(slower);
    }));
});

it('glossa help explains a command of two words, such as bench compare', async () => {
  const one = await runCommand(['help', 'bench', 'compare']);
  expect(one.out).toMatch(/^usage: glossa bench compare FIRST\.json SECOND\.json/);
  expect(await runCommand(['bench', 'compare', '--help'])).toEqual(one);
  expect((await runCommand(['help', 'bench', 'nothing'])).err).toContain("unexpected 'nothing'");
});
