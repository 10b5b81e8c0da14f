import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Busyness } from '../../bench/schema.ts';
import { plainVolumes } from '../../graph/description.ts';
import { Source } from '../../graph/source.ts';
import { inspectVolfile } from '../../graph/volfile.ts';
import { registry } from '../registry.ts';
import type { Maker } from './bricks.ts';
import { conclusion, introduction, jsonReport, nextSteps, table } from './report.ts';
import { counted, measurable, printed, type StackResult, stacks } from './stacks.ts';

await registry.loadAll();

const theirs: Maker = { by: 'glusterfs', version: '10.3', why: null };
const settings = { seed: 1, searches: 10_000, delayMs: 0, maker: theirs };
const quiet: Busyness = { others: 0.01, steal: 0, load: 0.2, switches: 20 };

const results = (...means: readonly number[]): StackResult[] =>
  stacks.map(({ name }, at) => ({
    ...{ name, lookups: at === 3 ? 4072 : 46_218, forwarded: at === 0 ? 46_218 : 4072 },
    ...{ meanMs: means[at]!, p99Ms: 9, busy: quiet },
  }));

const measured = results(0.8, 0.2, 0.218, 0.050_123_456);
const busy = measured.map((result, at) =>
  at === 2 ? { ...result, busy: { ...quiet, others: 0.5 } } : result,
);

describe('the report', () => {
  it("is one table, beside the talk's", () => {
    expect(table(measured).split('\n')).toEqual([
      '                   lookups     sent to  one search          the talk',
      '                     asked  the bricks        here  faster    (2012)  faster',
      '  no cache          46 218      46 218    0.800 ms          7.357 ms',
      '  native            46 218        4072    0.200 ms   4.0 ×  1.095 ms   6.7 ×',
      '  Python            46 218        4072    0.218 ms   3.7 ×  1.286 ms   5.7 ×',
      '  Python + kernel     4072        4072    0.050 ms  16.0 ×         -',
    ]);
  });

  it('compares nothing when the machine was busy, but still the times of the talk', () => {
    expect(table(busy)).not.toMatch(/4\.0 ×|16\.0 ×/);
    expect(table(busy)).toMatch(/1\.095 ms +6\.7 ×/);
    const text = conclusion(settings, busy, 1000);
    expect(text).toContain('had 4072 lookups to answer instead of 46 218.');
    expect(text).toMatch(/No times are compared: the machine was busy: other processes had 50 %/);
    expect(text).not.toMatch(/the one in Python lost/);
  });

  it.each([
    [[0.8, 0.2, 0.218], 'the one in Python lost 3 %; in the talk 3 %.'],
    [[0.8, 0.2, 0.19], 'saved as much as the native one; in the talk it lost 3 %.'],
    [[0.8, 0.9, 0.95], 'The cache saved no time here'],
  ])('says of %j that %s', (means, said) => {
    expect(conclusion(settings, results(...means, 0.1), 1000)).toContain(said);
  });

  it('advises a distance where there is none', () => {
    expect(conclusion(settings, measured, 1000)).toContain('--delay 1.3');
    expect(conclusion({ ...settings, delayMs: 1.3 }, measured, 1000)).not.toContain('--delay');
  });

  it('says whose the bricks are, why, and how far away', () => {
    expect(introduction(settings, 1000)).toContain('two bricks of GlusterFS 10.3 on this machine.');
    const why = 'glusterfsd is not installed (apt install glusterfs-server)';
    const ours = { by: 'glossa', version: '0.1.0', why } as const;
    const text = introduction({ ...settings, maker: ours, delayMs: 1.3 }, 1000);
    expect(text).toContain(
      'two bricks of glossa 0.1.0 on this machine, each request 1.3 ms farther away than it is. ' +
        `They are not of GlusterFS: ${why}.`,
    );
  });

  it('fits the terminal', () => {
    const texts = [measured, busy].map((it) => conclusion(settings, it, 60));
    for (const text of [introduction(settings, 60), ...texts]) {
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    }
    for (const line of table(measured).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('points to files that are there', () => {
    const paths = nextSteps().match(/^ {4}\S+\.(py|ts|vol|md)\b/gm)!;
    expect(paths).toHaveLength(5);
    for (const path of paths) expect(existsSync(resolve(path.trim()))).toBe(true);
  });

  it('is JSON with just these keys', () => {
    const report = JSON.parse(jsonReport(settings, measured));
    expect(Object.keys(report)).toEqual([
      ...['seed', 'searches', 'delayMs', 'bricks', 'busy', 'stacks'],
    ]);
    expect(report.bricks).toEqual({ by: 'glusterfs', version: '10.3', why: null });
    expect(report.stacks.map((stack: { talkMs: unknown }) => stack.talkMs)).toEqual([
      ...[7.357, 1.095, 1.286, null],
    ]);
    const keys = ['name', 'lookups', 'sent', 'meanMs', 'p99Ms', 'busy', 'talkMs'];
    for (const stack of report.stacks) expect(Object.keys(stack)).toEqual(keys);
    expect(report.stacks[3].meanMs).toBe(0.050123);
  });
});

describe.each(stacks)('what is measured of $volfile ($name)', (stack) => {
  const text = readFileSync(printed(stack), 'utf8');
  const volumesIn = (volfile: string) => {
    const source = new Source('measured.vol', volfile);
    const { description, problems } = inspectVolfile(source, { registry, strict: true });
    expect(problems).toEqual([]);
    return plainVolumes(description!);
  };

  it.each([0, 1.3])(
    'counts above each client, %d ms farther away, and is the same besides',
    (ms) => {
      const added = ms === 0 ? ['io-stats'] : ['delay-gen', 'io-stats'];
      const volumes = volumesIn(measurable(text, ms));
      for (const [at, wire] of counted.forwarded.entries()) {
        let below = `test-client-${at}`;
        for (const type of added) {
          const volume = volumes.find(({ subvolumes }) => subvolumes.includes(below))!;
          expect(volume.type).toBe(`debug/${type}`);
          if (type === 'delay-gen')
            expect(volume.options).toContainEqual(['delay-duration', '1300']);
          below = volume.name;
        }
        expect(below).toBe(wire);
      }
      const others = volumes.filter(({ name }) => !/^test-(wire|way)-/.test(name));
      const undone = others.map((volume) => ({
        ...volume,
        subvolumes: volume.subvolumes.map((name) => name.replace('-wire-', '-client-')),
      }));
      expect(undone).toEqual(volumesIn(text));
    },
  );
});
