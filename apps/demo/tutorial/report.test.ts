import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toPlainVolumes } from '../../../runtime/volfile/description.ts';
import { Source } from '../../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../../runtime/volfile/volfile.ts';
import { registry } from '../../../server/registry.ts';
import type { Busyness } from '../../bench/engine/schema.ts';
import type { Measurement } from '../experiment.ts';
import type { BrickProgram } from './bricks.ts';
import {
  formatIntroduction,
  formatJsonReport,
  formatNextSteps,
  formatReport,
  formatStacksTable,
  formatSummary,
} from './report.ts';
import { addDelaysAndCounters, countingVolumes, makeVolfilePath, stacks } from './stacks.ts';

await registry.loadAll();

const glusterfsBricks: BrickProgram = { program: 'glusterfs', version: '10.3', reason: null };
const settings = { seed: 1, searchCount: 10_000, delayMs: 0, brickProgram: glusterfsBricks };
const quiet: Busyness = { others: 0.01, steal: 0, load: 0.2 };

/** Rounds that scatter around a time, differently for each stack. */
const makeRounds = (ms: number, stack: number, spread: number): number[] =>
  Array.from({ length: 20 }, (_, round) => ms * (1 + spread * (((round * (stack + 3)) % 7) - 3)));

const makeMeasurement = (means: readonly number[], busy = quiet, spread = 0.003): Measurement => ({
  busy,
  times: means.map((meanMs, at) => ({
    ...{ lookups: 55_218, forwarded: at === 0 ? 46_218 : 4072 },
    ...{ meanMs, p99Ms: 9, roundsMs: makeRounds(meanMs, at, spread) },
  })),
});

const means = [0.8, 0.2, 0.218, 0.050_123_456];
const measured = makeMeasurement(means);
const busy = makeMeasurement(means, { ...quiet, others: 0.5 });

describe('the report of glossa tutorial', () => {
  it("has one table, with the talk's times beside the measured ones", () => {
    const interval = String.raw` × \[[\d.]+ – [\d.]+\]`;
    const lines = formatStacksTable(settings, measured.times).split('\n');
    expect(lines[2]).toMatch(/^ {2}no cache +55 218 +46 218 +0\.800 ms +7\.357 ms$/);
    expect(lines[3]).toMatch(
      RegExp(`^  native +55 218 +4072 +0.200 ms +4.\\d+${interval} +1.095 ms +6.7 ×$`),
    );
    expect(lines[5]).toMatch(
      RegExp(`^  Python . kernel +55 218 +4072 +0.050 ms +1[56].\\d+${interval} +-$`),
    );
  });

  it('warns that the machine was busy, and still prints the measured factors', () => {
    expect(formatStacksTable(settings, busy.times)).toBe(
      formatStacksTable(settings, measured.times),
    );
    const text = formatReport(settings, busy, 1000);
    expect(text).toContain('had 4072 lookups to answer instead of 46 218.');
    expect(text).toMatch(/The machine was busy: other processes had 50 %/);
    expect(text).toContain(formatSummary(settings, measured.times));
  });

  it("omits times that are too noisy to compare, but not the talk's", () => {
    const noisy = formatStacksTable(
      settings,
      makeMeasurement([0.8, 0.75, 0.7, 0.6], quiet, 0.3).times,
    );
    expect(noisy).toMatch(/native +55 218 +4072 +- +too noisy +1\.095 ms +6\.7 ×/);
  });

  it.each([
    [
      [0.8, 0.2, 0.218, 0.1],
      /is 3\.\d+ times as fast as one without a cache \[.*\], and it is about 9 % slower than one with the native cache \[.* %\]; in the talk it was 17 % slower than that\.$/,
    ],
    [[0.8, 0.2, 0.19, 0.1], /about 5 % faster than one with the native cache/],
    [[0.8, 0.9, 0.95, 0.1], /is about 19 % slower than one without a cache/],
  ])('ends with the summary for the mean times %j: case %#', (means, pattern) => {
    expect(formatSummary(settings, makeMeasurement(means).times)).toMatch(pattern);
  });

  it('advises --delay if the bricks reply without a network delay', () => {
    expect(formatReport(settings, measured, 1000)).toContain('--delay 1.3');
    expect(formatReport({ ...settings, delayMs: 1.3 }, measured, 1000)).not.toContain('--delay');
  });

  it('names the program of the bricks, the reason for its choice, and the delay to the bricks', () => {
    expect(formatIntroduction(settings, 1000)).toContain(
      'two bricks of GlusterFS 10.3 on this machine.',
    );
    const reason = 'glusterfsd is not installed (apt install glusterfs-server)';
    const glossaBricks = { program: 'glossa', version: '0.1.0', reason } as const;
    const text = formatIntroduction(
      { ...settings, brickProgram: glossaBricks, delayMs: 1.3 },
      1000,
    );
    expect(text).toContain(
      'two bricks of glossa 0.1.0 on this machine, each request 1.3 ms farther away than it is. ' +
        `They are not of GlusterFS: ${reason}.`,
    );
  });

  it('has no line wider than the terminal', () => {
    const text = formatReport(settings, busy, 60);
    const parts = text.split('\n\n').filter((part) => /^(The|With|A) /.test(part));
    for (const part of [formatIntroduction(settings, 60), ...parts]) {
      for (const line of part.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    }
    for (const line of formatStacksTable(settings, measured.times).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it('names only files that exist', () => {
    const paths = formatNextSteps().match(/^ {4}\S.*?\.(py|ts|vol|md)\b/gm)!;
    expect(paths).toHaveLength(5);
    for (const path of paths) expect(existsSync(resolve(path.trim()))).toBe(true);
  });

  it('has exactly the documented keys in its JSON', () => {
    const report = JSON.parse(formatJsonReport(settings, measured));
    expect(Object.keys(report)).toEqual([
      ...['seed', 'searches', 'delayMs', 'bricks', 'busy', 'stacks'],
    ]);
    expect(report.bricks).toEqual({ by: 'glusterfs', version: '10.3', why: null });
    expect(report.stacks.map((stack: { talkMs: unknown }) => stack.talkMs)).toEqual([
      ...[7.357, 1.095, 1.286, null],
    ]);
    const keys = ['name', 'lookups', 'sent', 'meanMs', 'p99Ms', 'roundsMs', 'toFirst', 'talkMs'];
    for (const stack of report.stacks) expect(Object.keys(stack)).toEqual(keys);
    expect(report.stacks[3].meanMs).toBe(0.050123);
  });
});

describe.each(stacks)('the measured $volfile ($name)', (stack) => {
  const text = readFileSync(makeVolfilePath(stack), 'utf8');
  const readVolumes = (volfile: string) => {
    const source = new Source('measured.vol', volfile);
    const { description, problems } = inspectVolfile(source, { registry, strict: true });
    expect(problems).toEqual([]);
    return toPlainVolumes(description!);
  };

  it.each([0, 1.3])(
    'has a counter and a delay of %d ms above each client, and no other change',
    (ms) => {
      const addedTypes = ms === 0 ? ['io-stats'] : ['delay-gen', 'io-stats'];
      const volumes = readVolumes(addDelaysAndCounters(text, ms));
      for (const [at, counter] of countingVolumes.entries()) {
        let lowerName = `test-client-${at}`;
        for (const type of addedTypes) {
          const volume = volumes.find(({ subvolumes }) => subvolumes.includes(lowerName))!;
          expect(volume.type).toBe(`debug/${type}`);
          if (type === 'delay-gen')
            expect(volume.options).toContainEqual(['delay-duration', '1300']);
          lowerName = volume.name;
        }
        expect(lowerName).toBe(counter);
      }
      const others = volumes.filter(({ name }) => !/^test-(counter|delay)-/.test(name));
      const restored = others.map((volume) => ({
        ...volume,
        subvolumes: volume.subvolumes.map((name) => name.replace('-counter-', '-client-')),
      }));
      expect(restored).toEqual(readVolumes(text));
    },
  );
});
