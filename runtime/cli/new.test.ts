import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { UsageError } from './exit.ts';
import { checkName, type Kind, kinds, nextSteps } from './new/kinds.ts';
import command from './new.ts';
import type { Terminal } from './terminal.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'glossa-new-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function make(...operands: string[]): Promise<string> {
  const said: string[] = [];
  const terminal: Terminal = {
    out: (text) => void said.push(text),
    err: (text) => void said.push(text),
    interactive: false,
    width: 100,
    colour: { out: false, err: false },
    flush: async () => {},
  };
  await command.run({ flags: {}, operands, rest: null }, terminal);
  return said.join('\n');
}

const all = Object.entries(kinds) as [string, Kind][];

it.each(all)('%s: writes every file, with the name in it', async (language, kind) => {
  const at = join(folder(), 'new');
  const said = await make(language, 'mine', at);
  const files = readdirSync(at, { recursive: true, encoding: 'utf8' }).sort();
  expect(files).toEqual(expect.arrayContaining(['README.md', 'mine.vol', 'files']));
  expect(files.some((file) => /test/.test(file))).toBe(true);
  for (const file of files.filter((name) => /\.\w+$|Makefile/.test(name))) {
    const text = readFileSync(join(at, file), 'utf8');
    expect(file).not.toContain('NAME');
    expect(text).not.toMatch(/\{\{|NAME\b/);
    expect(said).toContain(join(at, file));
  }
  expect(said).toContain(nextSteps(kind, 'mine', at));
});

it('overwrites nothing, and writes nothing then', async () => {
  const at = folder();
  writeFileSync(join(at, 'mine.vol'), 'precious');
  await expect(make('python', 'mine', at)).rejects.toThrow(
    `mine.vol is in ${at} already: nothing was written`,
  );
  expect(readdirSync(at)).toEqual(['mine.vol']);
  expect(readFileSync(join(at, 'mine.vol'), 'utf8')).toBe('precious');
});

it('takes names that work', () => {
  for (const [, kind] of all) {
    for (const name of ['a', 'Negative', 'cache2', 'my_cache']) checkName(name, kind);
    for (const name of ['', '2a', 'a b', 'a/b', '../a', 'a.py', 'ä', 'test_a', 'storage', '-a']) {
      expect(() => checkName(name, kind), name).toThrow(UsageError);
    }
  }
  expect(() => checkName('my-cache', kinds.python)).toThrow('letters, digits and _');
  expect(() => checkName('class', kinds.python)).toThrow('a word of the language');
  for (const name of ['glupy', 'gluster']) {
    expect(() => checkName(name, kinds.python)).toThrow(
      `'${name}' is the package that modules import from: choose another, such as my_${name}`,
    );
  }
  for (const name of ['json', 'queue', 'cProfile']) {
    expect(() => checkName(name, kinds.python)).toThrow("a module of Python's own");
    checkName(name, kinds.javascript);
  }
  for (const kind of [kinds.javascript, kinds.typescript, kinds.c]) {
    expect(() => checkName('glossa', kind)).toThrow('the package that modules import from');
  }
  checkName('my-cache', kinds.javascript);
});

it('knows its languages', async () => {
  const at = folder();
  expect(await make('Python', 'a', join(at, 'a'))).toContain('a.py');
  expect(await make('js', 'b', join(at, 'b'))).toContain('b.js');
  await expect(make('pyton', 'a')).rejects.toThrow("did you mean 'python'");
  await expect(make('cobol', 'a')).rejects.toThrow('python, javascript, typescript, c');
});
