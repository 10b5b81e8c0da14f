/**
 * Tests that every command and program in the texts is run by a test or excepted in `table.ts`, and
 * that commands within sentences have valid flags.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../runtime/volfile/volfile.ts';
import { registry } from '../../server/registry.ts';
import { type Block, chooseTest, findBlocks, findCommands } from './blocks.ts';
import { makePlan, pages, readBlocks, readPage } from './plan.ts';
import { tables } from './table.ts';

const withTitle = (block: Block) => [`${block.page}:${block.line}`, block] as const;
const findTested = (blockTest: string) =>
  pages.flatMap(readBlocks).filter((block) => chooseTest(block) === blockTest);

describe('findBlocks and findCommands', () => {
  const text = [
    'Words, and `glossa inline`.',
    '',
    '    glossa indented  # a remark',
    '',
    '- an item',
    '',
    '    its second part',
    '  ```js',
    '  program();',
    '  ```',
    '',
    '## Second',
    '',
    '```',
    '$ one',
    'shown',
    '$ two',
    '```',
    '',
  ].join('\n');

  it('return the fenced and indented blocks of a page with their lines', () => {
    expect(findBlocks('a.md', text)).toMatchObject([
      { line: 3, language: '', text: 'glossa indented  # a remark\n', heading: '' },
      { line: 9, language: 'js', text: 'program();\n' },
      { line: 15, heading: '## Second' },
    ]);
  });

  it('return the marks before a block, and no other comment', () => {
    const marked = (...lines: readonly string[]) =>
      findBlocks('a.md', [...lines, '```sh', 'one', '```', ''].join('\n'))[0]!.marks;
    const why = "<!-- 'one' not run: it needs root -->";
    expect(marked('<!-- tested by: a.test.ts -->', why)).toEqual([
      { command: undefined, exception: { by: 'a.test.ts' } },
      { command: 'one', exception: { not: 'it needs root' } },
    ]);
    expect(marked('<!-- not run: of two', 'lines -->', '')).toMatchObject([
      { exception: { not: 'of two lines' } },
    ]);
    expect(marked('<!-- not run: an earlier block -->', 'Words.')).toEqual([]);
    expect(marked('<!-- not run: -->')).toEqual([]);
    expect(marked('<!-- fops: a table -->')).toEqual([]);
  });

  it('return each command of a block with its line and output', () => {
    const [plain, , session] = findBlocks('a.md', text) as [Block, Block, Block];
    expect(findCommands(plain)).toEqual([
      { line: 3, text: 'glossa indented  # a remark', output: undefined },
    ]);
    expect(findCommands(session)).toEqual([
      { line: 15, text: 'one', output: 'shown\n' },
      { line: 17, text: 'two', output: '' },
    ]);
  });
});

describe('the documentation', () => {
  const plans = pages.map(makePlan);

  it('has no code block without a test, or a mark with the reason before it', () => {
    expect(plans.flatMap(({ open }) => open)).toEqual([]);
  });

  it('has every page and block that test/texts/table.ts names', () => {
    expect(Object.keys(tables).filter((page) => !pages.includes(page))).toEqual([]);
    expect(plans.flatMap(({ page, idle }) => idle.map((row) => `${page}: ${row}`))).toEqual([]);
  });

  it('has no mark of a block whose test is missing, or whose reason is empty', () => {
    const named = pages.flatMap((page) =>
      readBlocks(page).flatMap(({ marks }) =>
        marks.flatMap(({ exception }) => ('by' in exception ? [exception.by] : [])),
      ),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((test) => !existsSync(join(packageRoot, test)))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    const named = pages.flatMap((page) => [
      ...readPage(page).matchAll(/\bnpm run (-s )?([\w:-]+)/g),
    ]);
    expect(named.map(([, , name]) => name!).filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('a volfile in the documentation', () => {
  it.each(findTested('volfile').map(withTitle))('has no problem: %s', async (title, { text }) => {
    await registry.loadAll();
    const declared = new Set([...text.matchAll(/^ *volume (\S+)$/gm)].map(([, name]) => name));
    const below = [...text.matchAll(/^ *subvolumes (.*)$/gm)].flatMap(([, names]) =>
      names!.split(/\s+/),
    );
    // A fragment of a volfile: the volumes below are missing.
    const missing = below.filter((name) => !declared.has(name));
    const rest = missing
      .map((name) => `volume ${name}\n type storage/memory\nend-volume\n`)
      .join('');
    const { problems } = inspectVolfile(new Source(title, rest + text), { registry, strict: true });
    expect(problems).toEqual([]);
  });
});

describe('a command within a sentence', () => {
  /** Between backticks, on one line or two. */
  const INLINE = /`((?:npx )?glossa [^`]*)`/g;

  it.each(pages.filter((page) => /`(npx )?glossa /.test(readPage(page))))(
    'exists with its flags: %s',
    async (page) => {
      const prose = readPage(page).replace(/^ *```.*?^ *```$/gms, '');
      const wrong: string[] = [];
      for (const [, shown] of prose.matchAll(INLINE)) {
        const [words = '', ...rest] = shown!.replace(/^npx /, '').split(/\s--(?=\s)/);
        void rest;
        const [, first = '', second = ''] = words.split(/\s+/);
        if (!/^[a-z][\w-]*$/.test(first)) continue;
        const entry = commands.get(`${first} ${second}`) ?? commands.get(first);
        if (entry === undefined) {
          wrong.push(shown!);
          continue;
        }
        const known = Object.keys((await entry.load()).default.flags);
        for (const [, flag] of words.matchAll(/\s--([a-z][\w-]*)/g)) {
          if (!known.includes(flag!) && !['help', 'debug', 'version'].includes(flag!)) {
            wrong.push(`${shown}: --${flag}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
    // The first page that names many of them has all commands loaded.
    120_000,
  );
});
