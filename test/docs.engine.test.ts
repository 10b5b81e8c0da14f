/**
 * Tests of the documents: modules start, commands are named, and links have targets.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import glupy from '../bridges/glupy.ts';
import { commands } from '../cli/commands.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import sink from '../runtime/xlators/debug/sink/index.ts';
import { FakeContext, startGraph } from './support/core.ts';
import { makeFolder } from './support/folder.ts';
import { pages, readBlocks } from './texts/plan.ts';

const root = join(import.meta.dirname, '..');

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((name) => join(root, name)),
  ...under(join(root, 'docs')),
  ...under(join(root, 'examples')),
].filter((path) => path.endsWith('.md'));

function under(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
}

/** The volumes below a module; a file system by path has none. */
const findBelow = (text: string): string[] =>
  text.includes('(Files)') ? [] : text.includes('children') ? ['v0', 'v1'] : ['v1'];

describe('Python modules in the documents', () => {
  const whole = pages
    .flatMap(readBlocks)
    .filter(({ language, text }) => language === 'python' && text.includes('class xlator'))
    .map(({ page, line, text }) => ({ title: `${page}:${line}`, text }));

  it('number more than five', () => {
    expect(whole.length).toBeGreaterThan(5);
  });

  it.each(whole)('start without a warning: $title', async ({ text }) => {
    const folder = makeFolder();
    const context = new FakeContext();
    writeFileSync(join(folder, 'shown.py'), text);
    const leaf = { translator: sink as Translator<unknown> };
    const graph = await startGraph(
      [
        leaf,
        leaf,
        {
          translator: glupy as unknown as Translator<unknown>,
          // A machine that has much to do takes long to start one.
          options: { 'module-name': 'shown', 'module-path': folder, 'time-limit': '60' },
          below: findBelow(text),
        },
      ],
      context,
    );
    await graph.stop();
    expect(context.lines.filter((line) => /^\[[^\]]+\] [EWC] /.test(line))).toEqual([]);
  });
});

describe('the page of commands', () => {
  it('names every command', () => {
    const page = readFileSync(join(root, 'docs/reference/commands.md'), 'utf8');
    const missing = [...commands.keys()].filter((name) => !page.includes(`glossa ${name}`));
    expect(missing).toEqual(['version']);
  });
});

describe('the documents', () => {
  const ofDocs = documents.filter((path) => path.startsWith(join(root, 'docs/')));
  const generated = ['docs/reference/fops.md', 'docs/reference/messages.md'];

  it.each(ofDocs)(
    'have at most 300 lines per page, and each page has a link in docs/README.md: %s',
    (path) => {
      const name = relative(root, path);
      const lines = readFileSync(path, 'utf8').split('\n').length - 1;
      if (!generated.includes(name)) expect(lines).toBeLessThanOrEqual(300);
      const list = readFileSync(join(root, 'docs/README.md'), 'utf8');
      if (name !== 'docs/README.md') expect(list).toContain(`](${name.slice('docs/'.length)})`);
    },
  );

  it('have a README of at most 200 lines, with a picture before line 40', () => {
    // A mark before a block is not shown (test/texts/blocks.ts).
    const lines = readFileSync(join(root, 'README.md'), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('<!-- '));
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(lines.slice(0, 40).join('\n')).toMatch(/!\[[^\]]+\]\([^)]+\.svg\)/);
  });
});

describe('links in the documents', () => {
  it.each(documents)('lead to existing files and headings: %s', (path) => {
    const text = readFileSync(path, 'utf8').replace(/^```.*?^```$/gms, '');
    const missing = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^https?:/.test(link) && !leads(path, link));
    expect(missing).toEqual([]);
  });
});

function leads(from: string, link: string): boolean {
  const [file, heading] = link.split('#') as [string, string?];
  const target = file === '' ? from : join(dirname(from), file);
  if (!existsSync(target)) return false;
  return heading === undefined || headings(target).includes(heading);
}

/** Anchors as GitHub makes them. */
function headings(path: string): string[] {
  const lines = readFileSync(path, 'utf8').match(/^#+ .*$/gm) ?? [];
  return lines.map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replace(/ /g, '-'),
  );
}
