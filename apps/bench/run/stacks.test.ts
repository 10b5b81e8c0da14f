import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stacksOfTranslator } from './stacks.ts';

const scratch = mkdtempSync(join(tmpdir(), 'glossa-stacks-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const alike = (given: string) =>
  stacksOfTranslator({ translator: 'negative', given, options: [], scratch }).alike;

describe('stacks of one translator', () => {
  it('are compared with each other, without the plain folder', () => {
    const languages = ['typescript', 'python'];
    expect(alike('typescript,python')).toEqual(languages);
    expect(alike('none,typescript,python')).toEqual(languages);
  });

  it('LANGUAGE-thread runs the module in a worker thread', () => {
    const given = 'python,python-thread,javascript-thread';
    const { stacks } = stacksOfTranslator({ translator: 'negative', given, options: [], scratch });
    expect(stacks.map(({ name }) => name)).toEqual(given.split(','));
    const isolation = stacks.map(({ volfile }) => /option isolation (\w+)/.exec(volfile)?.[1]);
    expect(isolation).toEqual([undefined, 'thread', 'thread']);
    expect(() => alike('c-thread')).toThrow(/--in does not know 'c-thread'/);
  });
});
