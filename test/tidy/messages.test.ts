/** Tests of the table of messages: ids, uses and documentation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';
import { type Message, messageParts, messages } from '../../runtime/core/messages.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { readSources, type SourceFile } from './sources.ts';

const all = Object.entries<Message>(messages);

test('message ids are unique, in ascending order, and belong to a known part of the product', () => {
  const ids = all.map(([, { id }]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(messageParts[Math.floor(id / 1000)], String(id)).toBeDefined();
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test('every message is used', () => {
  const code = readSources('.ts')
    .filter(({ path }) =>
      /^(runtime|gluster|bridges|server|terminal|apps|cli)\/(?!.*\.test\.)/.test(path),
    )
    .map(({ text }) => text)
    .join('\n');
  const unused = all.map(([name]) => name).filter((name) => !code.includes(`messages.${name}.id`));
  expect(unused).toEqual([]);
});

const LOG_METHODS = /^(?:critical|error|warning)$/;

/** The source of each call in a file that logs a warning, an error or worse. */
function findLogCalls({ path, text }: SourceFile): string[] {
  const calls: string[] = [];
  // Parsing takes far longer than this search.
  if (!/\blog\.(?:critical|error|warning)\(/.test(text)) return calls;
  const visitor = new Visitor({
    CallExpression({ callee, start, end }) {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const { name } = callee.property;
      const object = text.slice(callee.object.start, callee.object.end);
      if (LOG_METHODS.test(name) && /\blog$/.test(object)) calls.push(text.slice(start, end));
    },
  });
  visitor.visit(parseSync(path, text).program);
  return calls;
}

test('findLogCalls reads a log call to its closing parenthesis', () => {
  const text = "log.warning(`a(b);\n`, {\n  msgid,\n});\nother.log.error('c');\nlog.info('d');\n";
  expect(findLogCalls({ path: 'x.ts', text })).toEqual([
    'log.warning(`a(b);\n`, {\n  msgid,\n})',
    "other.log.error('c')",
  ]);
});

test('every warning and error of glossa has an id', () => {
  const calls = readSources('.ts')
    .filter(({ path }) => /^(runtime|gluster|bridges|server|terminal|apps|cli)\//.test(path))
    // The extension of VS Code writes to the editor's own log.
    .filter(({ path }) => !/\.test\.|^apps\/vscode\//.test(path))
    .flatMap((file) => findLogCalls(file).map((call) => ({ path: file.path, call })));
  expect(calls.length).toBeGreaterThan(40);
  const without = calls.filter(
    ({ call }) => !/msgid|VOLFILE_WARNING|requestFailed|NOT_WRITTEN|\{ source/.test(call),
  );
  expect(without).toEqual([]);
});

test('every message is documented', () => {
  const page = readFileSync(join(packageRoot, 'docs/reference/messages.md'), 'utf8');
  for (const [, { id }] of all) expect(page).toContain(`| ${id} |`);
});
