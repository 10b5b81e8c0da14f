/** Tests of a part's record. */
import { expect, it } from 'vitest';
import { simulateRun } from '../support/simulated-run.ts';
import type { Figure } from './figures.ts';
import { makeRecord } from './record.ts';

const { machine } = simulateRun();
const value = { median: 0.9, low: 0.8, high: 1.2, doubtful: false };
const figures: readonly Figure[] = [
  { what: 'a / b', unit: '×', bar: { limit: 0.85 }, value },
  { what: 'busy / b', unit: '×', bar: { limit: 1 }, value, isNoisy: true },
  { what: 'gone / b', unit: '×', bar: { limit: 1 }, value: { missing: 'gcc is missing' } },
  { what: 'noise / b', unit: '×', bar: null, value },
];

it('a record has the command, the day, the machine, and each figure with a bar as text', () => {
  expect(makeRecord({ suiteName: '', part: 'stat', machine }, figures, '2026-12-01')).toEqual({
    command: 'npm run bench -- --only stat',
    date: '2026-12-01',
    machine: '2 CPUs (A <CPU> of 3 GHz), Linux 6.12.0, Node v20.20.0, GlusterFS missing',
    figures: [
      { what: 'a / b', value: '0.90 [0.80 – 1.20] ×', goal: '≤ 0.85 ×', verdict: 'missed' },
      {
        what: 'busy / b',
        value: '0.90 [0.80 – 1.20] ×',
        goal: '≤ 1.00 ×',
        verdict: 'too noisy, on a busy machine',
      },
      { what: 'gone / b', value: '', goal: '≤ 1.00 ×', verdict: 'not measured: gcc is missing' },
    ],
  });
});

it("a record's command names the suite, unless it is the default one", () => {
  const { command } = makeRecord({ suiteName: 'api', part: 'mount', machine }, [], '2026-12-01');
  expect(command).toBe('npm run bench -- api --only mount');
});
