/** Compiled scripts on disk: an intact one is used, any other compiled anew. */
import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { hashInputs } from './cached-entry.ts';
import { readScript, writeScript } from './compiled-script.ts';
import { makeRealm } from './realm.ts';

const SOURCE = '(function (a) { return a + 1; })';

function makeLocation() {
  const folder = makeFolder();
  const log: string[] = [];
  const logs = { log: (line: string) => void log.push(line), warn: () => {} };
  return { folder, name: 'a.script', inputsHash: hashInputs(['one']), log, logs };
}

it('a realm runs a script from the compiled code that the cache has', () => {
  const location = makeLocation();
  const compiled = makeRealm('first').compile(SOURCE, 'a.js');
  const code = compiled.makeCode()!;
  writeScript(location, { source: SOURCE, code }, location.logs);
  const read = readScript(location, location.logs)!;
  expect(read.source).toBe(SOURCE);
  const script = makeRealm('second').compile(read.source, 'a.js', read.code);
  expect((script.run() as (a: number) => number)(41)).toBe(42);
  // No new code is to be written.
  expect(script.makeCode()).toBeUndefined();
  expect(location.log).toEqual([]);
});

it('a realm compiles a script anew if V8 refuses the code', () => {
  const script = makeRealm('test').compile(
    '(function (b) { return b - 1; })',
    'b.js',
    new Uint8Array(64),
  );
  expect((script.run() as (b: number) => number)(43)).toBe(42);
  expect(script.makeCode()!.length).toBeGreaterThan(64);
});

it('a damaged script is ignored, with the reason in the log', () => {
  const location = makeLocation();
  const code = makeRealm('test').compile(SOURCE, 'a.js').makeCode()!;
  writeScript(location, { source: SOURCE, code }, location.logs);
  const file = join(location.folder, location.name);
  const fd = openSync(file, 'r+');
  writeSync(fd, 'XXXX', statSync(file).size - 40);
  closeSync(fd);
  expect(readScript(location, location.logs)).toBeUndefined();
  expect(location.log).toEqual([`ignoring ${file}: it is damaged (checksum)`]);
});

it('a source beyond ASCII is not kept', () => {
  const location = makeLocation();
  writeScript(location, { source: '"ä"', code: new Uint8Array(1) }, location.logs);
  expect(readdirSync(location.folder)).toEqual([]);
});
