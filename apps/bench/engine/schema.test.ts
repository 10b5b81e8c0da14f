import { describe, expect, it } from 'vitest';
import { simulatedRun } from '../../../test/support/simulated-run.ts';
import { RunError, readRun } from './schema.ts';

const run = simulatedRun();
const written = JSON.stringify(run);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place in a value, as a way to it. */
function* places(value: Json, way: (string | number)[] = []): Generator<(string | number)[]> {
  if (way.length > 0) yield way;
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    yield* places(item, [...way, Array.isArray(value) ? Number(key) : key]);
  }
}

/** The text of a run in which one place has another value; undefined takes it away. */
function changed(way: readonly (string | number)[], to: Json | undefined): string {
  const copy = JSON.parse(written) as Json;
  let at = copy as Record<string | number, Json>;
  for (const step of way.slice(0, -1)) at = at[step] as Record<string | number, Json>;
  if (to === undefined) delete at[way.at(-1)!];
  else at[way.at(-1)!] = to;
  return JSON.stringify(copy);
}

const refused = (content: string): string => {
  try {
    readRun(content, 'A.json');
  } catch (error) {
    expect(error).toBeInstanceOf(RunError);
    return (error as Error).message;
  }
  throw new Error('it was read');
};

describe('readRun', () => {
  it('reads what was written', () => expect(readRun(written, 'A.json')).toEqual(run));

  it('leaves out what a later version may have added', () => {
    expect(readRun(changed(['later'], 1), 'A.json')).toEqual(run);
  });

  it.each([
    [['seed'], undefined, 'A.json: seed must be a whole number of at least 0, found nothing'],
    [['seconds'], -1, 'A.json: seconds must be a number of at least 0, found -1'],
    [['stacks', 1, 'name'], 7, 'A.json: stacks[1].name must be a text, found 7'],
    [
      ['workloads', 0, 'place'],
      'near',
      'A.json: workloads[0].place must be "same" or "different" or "free", found "near"',
    ],
    [
      ['workloads', 0, 'results', 1, 'measured', 'latency', 'p99.9'],
      'slow',
      'A.json: workloads[0].results[1].measured.latency["p99.9"] must be a number of at least 0, ' +
        'found "slow"',
    ],
    [['stacks'], [], 'A.json: stacks must be a list of at least one, found []'],
    [
      ['workloads', 0, 'results', 0, 'stack'],
      'rust',
      'A.json: workloads[0].results must be of the stacks typescript, python, javascript, in this ' +
        'order, found ["rust","python","javascript"]',
    ],
    [['schemaVersion'], 2, 'A.json: schemaVersion is 2; this glossa reads 1'],
    [['schemaVersion'], undefined, 'A.json: no result of glossa bench: it has no schemaVersion'],
  ] as const)('says of %j what it must be', (way, to, message) => {
    expect(refused(changed(way, to as Json | undefined))).toBe(message);
  });

  it.each(['null', '7', '[]', '"x"'])('refuses %s', (content) => {
    expect(refused(content)).toContain('no result of glossa bench');
  });

  it('says where JSON is none', () => expect(refused('{')).toMatch(/^A\.json: not JSON: /));

  it('never reads anything for what it is not, wherever it stands', () => {
    const shallow = (way: readonly (string | number)[]): boolean =>
      way.length > 1 && way.every((part) => typeof part === 'string' || part < 3);
    const all = [...places(JSON.parse(written) as Json)].filter(shallow);
    for (const way of all) {
      // Neither a text nor a number, nor texts or numbers by name.
      const message = refused(changed(way, { not: ['this'] }));
      const last = way.at(-1)!;
      expect(message).toContain(typeof last === 'number' ? `[${last}]` : last);
    }
  });
});
