/** Tests of docs/wasm-abi.md: its module in WebAssembly text, and its tables. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { type ArgType, fops } from '../../../runtime/core/fops.ts';
import { hostedLanguage, startModule } from '../../support/module.ts';
import { translate } from '../../support/wasm-text.ts';

const page = readFileSync(new URL('../../../docs/wasm-abi.md', import.meta.url), 'utf8');

it('the module of the page fails lookups of one name, which do not reach the storage', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-wat-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [, text] = /```wat\n([\s\S]*?)```/.exec(page)!;
  writeFileSync(join(folder, 'nothing.wasm'), translate(text!));
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
