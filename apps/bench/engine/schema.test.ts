import { describe, expect, it } from 'vitest';
import { Failure } from '../../../terminal/exit.ts';
import { simulateRun } from '../../../test/support/simulated-run.ts';
import { parseRun } from './schema.ts';

const run = simulateRun();
const written = JSON.stringify(run);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The text of a run with another value at one path; undefined removes the key. */
function changeRun(path: readonly (string | number)[], value: Json | undefined): string {
  const copy = JSON.parse(written) as Json;
  let parent = copy as Record<string | number, Json>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string | number, Json>;
  if (value === undefined) delete parent[path.at(-1)!];
  else parent[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

const refusalMessage = (content: string): string => {
  try {
    parseRun(content, 'A.json');
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return (error as Error).message;
  }
  throw new Error('it was read');
};

describe('parseRun', () => {
  it('reads a run exactly as it was written', () =>
    expect(parseRun(written, 'A.json')).toEqual(run));

  it('keeps unknown keys of later versions', () => {
    expect(parseRun(changeRun(['later'], 1), 'A.json')).toEqual({ ...run, later: 1 });
  });

  it.each([
    [['stacks'], [], 'A.json: no result of glossa bench: each workload has one of each stack'],
    [['machine'], undefined, 'A.json: no result of glossa bench: each workload has one of each'],
    [
      ['workloads', 0, 'results', 0, 'stack'],
      'rust',
      'A.json: no result of glossa bench: each workload has one of each stack',
    ],
    [['schemaVersion'], 1, 'A.json: schemaVersion is 1; this glossa reads 2'],
    [['schemaVersion'], undefined, 'A.json: no result of glossa bench: it has no schemaVersion'],
  ] as const)('refuses a file whose %j is %j', (path, value, message) => {
    expect(refusalMessage(changeRun(path, value as Json | undefined))).toContain(message);
  });

  it.each(['null', '7', '[]', '"x"'])('refuses a file that contains only %s', (content) => {
    expect(refusalMessage(content)).toContain('no result of glossa bench');
  });

  it('names the position of a JSON error', () =>
    expect(refusalMessage('{')).toMatch(/^A\.json: not JSON: /));
});
