import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { microCosts } from './micro.ts';

const folder = mkdtempSync(join(tmpdir(), 'glossa-micro-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe("parts of a request's way by themselves", () => {
  it("are the server's own work, and calls of the stacks that are named as languages", async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const { signal } = new AbortController();
    const found = await microCosts({ signal, folder, say }, ['typescript', 'javascript', 'mine']);
    expect(found.map(({ parts, stack }) => [parts.join(), stack])).toEqual([
      ['kernel and FUSE', null],
      ['decode,graph,reply', null],
      ['crossing,script', 'javascript'],
    ]);
    for (const { nanoseconds } of found) expect(nanoseconds).toBeGreaterThan(0);
    expect(said).toEqual([]);
  });

  it('end when they are interrupted', async () => {
    const signal = AbortSignal.abort();
    await expect(microCosts({ signal, folder, say() {} }, [])).rejects.toThrow('aborted');
  });
});
