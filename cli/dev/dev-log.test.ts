import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { DevLog, makeModuleFileTest } from './dev-log.ts';

const line = (level: string, place: string, domain: string, text: string): string =>
  `[2026-11-20 10:50:10.925895 +0000] ${level} [${place}:x] 0-${domain}: ${text}`;

const log = (colour = false): DevLog =>
  new DevLog({ volumes: ['neg'], module: 'neg.py', isModuleFile: makeModuleFileTest('/'), colour });

it('the log of glossa dev shows a line of the module with its position', () => {
  const shown = log().format(line('I', 'neg.py:4', 'neg', 'lookup /'));
  expect(shown).toBe('10:50:10 neg.py:4 x: lookup /');
});

it('the log of glossa dev shows a reload with the fops that the module defines', () => {
  const dev = log();
  expect(dev.format(line('I', 'index.ts:9', 'neg', '/m/neg.py loaded: lookup, stat'))).toBeNull();
  expect(dev.format(line('I', 'exchange.ts:270', 'neg', 'idle, and gone: neg'))).toBeNull();
  expect(dev.format(line('I', 'host.ts:8', 'neg', 'reloaded'))).toBe(
    '10:50:10 reloaded neg.py: lookup, stat',
  );
});

it('the log of glossa dev shows each reload, and after a failed one that the module is good again', () => {
  const dev = log();
  const say = (level: string, text: string) => dev.format(line(level, 'host.ts:8', 'neg', text));
  expect(say('E', 'not reloaded, the code before goes on: neg.py:3: x')).toContain('not reloaded');
  expect(say('I', '/m/neg.py loaded: stat')).toBeNull();
  expect(say('I', 'reloaded')).toBe('10:50:10 good again: reloaded neg.py: stat');
  expect(say('I', 'reloaded')).toBe('10:50:10 reloaded neg.py: stat');
});

it('the log of glossa dev shows positions in files of modules, and none in glossa’s own files', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'index.ts'), '');
  const isOwn = makeModuleFileTest(folder);
  const files = ['neg.py', 'suffix.ts', 'index.ts', 'exchange.ts', 'data-guard.ts', 'host.ts', '-'];
  expect(files.filter(isOwn)).toEqual(['neg.py', 'suffix.ts', 'index.ts']);
});

it('the log of glossa dev shows messages of the server from level WARNING on, with all their lines', () => {
  const dev = log();
  expect(dev.format(line('I', 'mount-server.ts:1', 'glossa', 'Final graph:'))).toBeNull();
  expect(dev.format('  1: volume x')).toBeNull();
  expect(dev.format(line('E', 'resolve.ts:1', 'storage', 'no such disk'))).toBe(
    '10:50:10 no such disk',
  );
  expect(dev.format('  File "x"')).toBe('  File "x"');
  expect(dev.format(line('D', 'pump.ts:1', 'fuse', 'read'))).toBeNull();
  expect(dev.format('  File "x"')).toBeNull();
});

it('the log of glossa dev colours lines by level, and drops the server’s colours', () => {
  const dev = log(true);
  const red = `\x1b[1;31m${line('E', 'neg.py:4', 'neg', 'lookup failed')}`;
  expect(dev.format(red)).toBe(
    '\x1b[2m10:50:10 neg.py:4 x: \x1b[22m\x1b[1m\x1b[31mlookup failed\x1b[39m\x1b[22m',
  );
  expect(dev.format('  File "x"\x1b[0m')).toBe('\x1b[1m\x1b[31m  File "x"\x1b[39m\x1b[22m');
  const reloaded = dev.format(line('I', 'host.ts:8', 'neg', 'reloaded'));
  expect(reloaded).toContain('\x1b[32mreloaded neg.py: \x1b[39m');
});
