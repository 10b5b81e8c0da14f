import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stacksOfTranslator } from './stacks.ts';

const scratch = mkdtempSync(join(tmpdir(), 'glossa-stacks-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const alike = (given: string, ...options: string[]) =>
  stacksOfTranslator({ translator: 'negative', given, options, scratch }).alike;

describe('stacks of one translator', () => {
  it('are alike, but for the folder without it', () => {
    const languages = ['typescript', 'python'];
    const remembering = { rememberSeconds: 60, kernelCaches: false };
    expect(alike('typescript,python')).toEqual({ stacks: languages, ...remembering });
    expect(alike('none,typescript,python')).toEqual({ stacks: languages, ...remembering });
  });

  it('may have the module in a thread of its own', () => {
    const given = 'python,python-thread,javascript-thread';
    const { stacks } = stacksOfTranslator({ translator: 'negative', given, options: [], scratch });
    expect(stacks.map(({ name }) => name)).toEqual(given.split(','));
    const isolation = stacks.map(({ volfile }) => /option isolation (\w+)/.exec(volfile)?.[1]);
    expect(isolation).toEqual([undefined, 'thread', 'thread']);
    expect(() => alike('c-thread')).toThrow(/--in does not know 'c-thread'/);
  });

  it('remember names for as long as they are told', () => {
    expect(alike('python', 'timeout=2').rememberSeconds).toBe(2);
    expect(alike('python', 'timeout=10min').rememberSeconds).toBe(600);
    expect(alike('python', 'timeout=soon').rememberSeconds).toBe(60);
  });

  it('may tell the kernel to cache names', () => {
    expect(alike('python', 'kernel-timeout=0').kernelCaches).toBe(false);
    expect(alike('python', 'kernel-timeout=1').kernelCaches).toBe(true);
  });
});
