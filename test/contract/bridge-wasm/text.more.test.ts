/** Tests of docs/wasm-abi.md: its module in WebAssembly text, and its tables. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { type ArgType, fops } from '../../../runtime/core/fops.ts';
import { makeFolder } from '../../support/folder.ts';
import { hostedLanguage, startModule } from '../../support/module.ts';
import { translate } from '../../support/wasm-text.ts';

const page = readFileSync(new URL('../../../docs/wasm-abi.md', import.meta.url), 'utf8');

const [, moduleText] = /```wat\n([\s\S]*?)```/.exec(page)!;

it("gives the text, file and line of the abort of AssemblyScript's runtime", async () => {
  const folder = makeFolder();
  const text = moduleText!
    .replace(
      '(memory (export',
      `(import "env" "abort" (func $abort (param i32 i32 i32 i32)))
  (import "env" "seed" (func $seed (result f64)))
  (import "env" "trace" (func $trace (param i32 i32 f64 f64 f64 f64 f64)))
  (memory (export`,
    )
    // Strings are UTF-16, with their length in bytes before them.
    .replace('(data (i32', '(data (i32.const 64) "\\04\\00\\00\\00n\\00o\\00")\n  (data (i32')
    .replace(
      '(then (return (i32.const -2)))',
      `(then (drop (call $seed))
        (call $trace (i32.const 68) (i32.const 1) (f64.const 5) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0))
        (call $abort (i32.const 68) (i32.const 68) (i32.const 9) (i32.const 3))
        (return (i32.const -2)))`,
    );
  writeFileSync(join(folder, 'nothing.wasm'), translate(text));
  const run = await startModule(folder, { name: 'nothing.wasm', language: hostedLanguage });
  run.takeLines();
  const reply = run.ask('lookup', run.knownLoc('nothing'), null);
  expect([reply.opRet, reply.opErrno]).toEqual([-1, EIO]);
  const said = run.takeLines().join('\n');
  expect(said).toContain('no 5');
  expect(said).toMatch(/\[no:9:.*lookup failed: .*abort: no/);
});

it('the module of the page fails lookups of one name, which do not reach the storage', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'nothing.wasm'), translate(moduleText!));
  const run = await startModule(folder, { name: 'nothing.wasm', language: hostedLanguage });
  const ask = (name: string) => run.ask('lookup', run.knownLoc(name), null);
  for (let count = 0; count < 1000; count += 1) expect(ask('nothing').opErrno).toBe(ENOENT);
  expect(run.leaf.requests).toEqual([]);
  for (const name of ['nothing2', 'nothin', 'Nothing', 'ä'.repeat(127)]) {
    ask(name);
    expect(run.leaf.requests.length).toBe(1);
    run.leaf.requests.pop()!.answer(-1, ENOENT, null, null, null, null);
  }
  run.expectSettled();
});

it('the table of fops has the numbers, arguments and replies of all fops', () => {
  const letters: Readonly<Record<ArgType, string>> = {
    ...{ loc: 'l', inode: 'i', fd: 'f', iatt: 'a', dict: 'd', str: 's', int: 'n', data: 'b' },
    ...{ entries: 'e', statvfs: 'v', flock: 'k', lease: 'z', locklist: 'm' },
  };
  const spell = (parts: readonly { readonly type: ArgType }[]): string =>
    parts.map(({ type }) => letters[type]).join('');
  const rows = [...fops]
    .sort((a, b) => a.number - b.number)
    .map(
      ({ number, name, args, reply }) =>
        `| ${number} | ${name} | \`${spell(args)}\` | \`${spell(reply)}\` |`,
    );
  expect(
    page
      .split('## Fops')[1]!
      .split('\n')
      .filter((line) => /^\| \d+ \| \w+ \| `\w+` \| `\w+` \|$/.test(line)),
  ).toEqual(rows);
});
