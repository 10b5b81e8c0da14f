import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Message, messageParts, messages } from '../../runtime/core/messages.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { sources } from './sources.ts';

const all = Object.entries<Message>(messages);

test('an id is one message’s, of six digits, in a part that is known', () => {
  const ids = all.map(([, { id }]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(messageParts[Math.floor(id / 1000)], String(id)).toBeDefined();
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test('every message is written somewhere', () => {
  const code = sources('.ts')
    .filter(({ path }) => /^(runtime|bridges)\/(?!.*\.test\.)/.test(path))
    .map(({ text }) => text)
    .join('\n');
  const unused = all.map(([name]) => name).filter((name) => !code.includes(`messages.${name}.id`));
  expect(unused).toEqual([]);
});

test('what glossa itself says as a warning or an error has an id', () => {
  const calls = sources('.ts')
    .filter(({ path }) => /^(runtime|bridges)\/(?!.*(\.test\.|^runtime\/bench))/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\blog\.(?:critical|error|warning)\(/g)].map(({ index }) => {
        const call = text.slice(index, text.indexOf(');\n', index) + 1);
        return { path, call };
      }),
    );
  expect(calls.length).toBeGreaterThan(40);
  const without = calls.filter(
    ({ call }) => !/msgid|volfileDoubt|requestFailed|NOT_WRITTEN|\{ source/.test(call),
  );
  expect(without).toEqual([]);
});

test('they are documented', () => {
  const page = readFileSync(join(packageRoot, 'docs/messages.md'), 'utf8');
  for (const [, { id }] of all) expect(page).toContain(`| ${id} |`);
});
