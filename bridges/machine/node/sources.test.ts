import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { makeSources } from '../browser/sources.ts';
import { sources } from './sources.ts';

it('a file of more bytes than the caller allows is not read, nor is a FIFO', () => {
  const folder = makeFolder({ 'm.map': '0123456789' });
  const path = join(folder, 'm.map');
  expect(sources.read(path, 10).length).toBe(10);
  expect(() => sources.read(path, 9)).toThrow('has more than 9 bytes');
  writeFileSync(join(folder, 'empty'), '');
  expect(sources.read(join(folder, 'empty'), 0).length).toBe(0);
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  expect(() => sources.read(join(folder, 'fifo'), 10)).toThrow('is not a file');
  const inBrowser = makeSources({ '/m.map': '0123456789' });
  expect(inBrowser.read('/m.map', 10).length).toBe(10);
  expect(() => inBrowser.read('/m.map', 9)).toThrow('EFBIG');
});
