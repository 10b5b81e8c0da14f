/** Tests of pages: READMEs of translators, pictures, the page of figures and the ratios that other pages quote. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { translators as gluster } from '../../gluster/registry.gen.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../runtime/volfile/volfile.ts';
import { translators as local } from '../../runtime/xlators/registry.gen.ts';
import { registry } from '../../server/registry.ts';
import { generateSpeedPage } from '../../tools/gen/speed-page.ts';
import { readSources } from './sources.ts';

await registry.loadAll();
/** The folder of each translator, by its type. */
const folders = new Map([
  ...Object.keys(local).map((type) => [type, `runtime/xlators/${type}`] as const),
  ...Object.keys(gluster).map((type) => [type, `gluster/${type}`] as const),
]);
const readmes = readSources('README.md').flatMap(({ path, text }) =>
  [...folders]
    .filter(([, folder]) => path === `${folder}/README.md`)
    .map(([type]) => [type, path, text] as const),
);

/** Blocks of code, indented or fenced, that have a volume in them. */
function findVolfiles(text: string): string[] {
  const fenced = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].map((match) => match[1]!);
  const indented = text.match(/(^ {4}.*\n|^\n(?= {4}))+/gm) ?? [];
  return [...fenced, ...indented].filter((block) => /^\s*volume \S/m.test(block));
}

it.each([...folders])('the translator %s has a README', (_type, folder) => {
  expect(existsSync(`${folder}/README.md`)).toBe(true);
});

describe.each(readmes)('the README of %s', (type, path, text) => {
  it('shows a valid volfile with the translator', () => {
    const blocks = findVolfiles(text);
    expect(blocks.join()).toContain(`type ${type}\n`);
    for (const block of blocks) {
      const { problems } = inspectVolfile(new Source(path, block), { registry, strict: true });
      expect(problems).toEqual([]);
    }
  });

  it('lists only options of the translator, and names all, or the command that lists them', () => {
    const tables = text.match(/^\| option .*\n(?:\|.*\n)+/gm) ?? [];
    const cells = tables.join('').matchAll(/^\| `([\w.-]+)` +\|/gm);
    const listed = [...cells].map(([, name]) => name!);
    const known = Object.keys(registry.lookup(type)!.options);
    expect(known).toEqual(expect.arrayContaining(listed));
    const isNamed = (name: string): boolean => text.includes(`\`${name}\``);
    const unnamed = known.filter((name) => !isNamed(name) && !isNamed(`glossa help ${type}`));
    expect(unnamed).toEqual([]);
  });

  it('names every option that is accepted without effect', () => {
    const { options } = registry.lookup(type)!;
    const idle = Object.keys(options).filter((name) =>
      options[name]!.description.startsWith('Accepted, without effect'),
    );
    const effectless = text
      .split(/\n\n|^\|/m)
      .filter((part) => /accepted,? without effect/i.test(part));
    expect(idle.filter((name) => !effectless.some((part) => part.includes(`\`${name}\``)))).toEqual(
      [],
    );
  });
});

const FOLDERS = [
  'apps/course/lessons/pictures',
  'docs/program/pictures',
  'docs/start/pictures',
  'docs/write/pictures',
];
const TEXTS = [
  'README.md',
  'apps/course/lessons/concepts.md',
  'docs/program/chunks.md',
  'docs/write/python.md',
];
/** The picture beside the headline of the site, which is the README's. */
const HERO = /^ {4}src: \/figures\/docs-start-pictures-(.+)\n {4}alt: .+$/m;

const pictures = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

it('every picture is shown in a text with an alternative text', () => {
  const shown = TEXTS.flatMap((source) =>
    [...readFileSync(source, 'utf8').matchAll(/!\[([^\]]+)\]\(([^)]*pictures\/[^)]+)\)/g)].map(
      ([, , path]) => join(dirname(source), path!),
    ),
  );
  expect(shown.sort()).toEqual(pictures.sort());
  const [, hero] = HERO.exec(readFileSync('tools/site/home.md', 'utf8'))!;
  expect(shown).toContain(join('docs/start/pictures', hero!));
});

it.each(pictures)('the picture %s has a title', (path) => {
  expect(readFileSync(path, 'utf8')).toMatch(/<title\b[^>]*>[^<]+<\/title>/);
});

const FOLDER = 'test/bench/records';
const rows = generateSpeedPage()
  .split('\n')
  .filter((line) => line.startsWith('| '));

it.each(readdirSync(FOLDER))(
  'the page of figures has each figure of %s, with its command',
  (file) => {
    const { command, figures } = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
    for (const { what, value, goal } of figures) {
      const row = rows.find((line) => line.startsWith(`| ${what} |`) && line.includes(command));
      expect(row, what).toContain(`| ${value} | ${goal || '–'} |`);
    }
  },
);

it('each row of the page of figures has six cells', () => {
  for (const row of rows) expect(row.split(/(?<!\\)\|/), row).toHaveLength(8);
});

// Ratios that pages quote are figures of the page of figures, so that two pages do not tell two. Others have a mark
// before their paragraph or table: `<!-- own figures: REASON -->`.
const SPEED_PAGE = 'docs/how-it-works/speed.md';
/** Pages of history, and those that are generated. */
const EXEMPT = /^docs\/(?:how-it-works\/speed|reference\/)|^CHANGELOG|^test\//;
/** A ratio of times, such as `1.4 ×`, `1.1 to 1.4 ×` or `2.1 times as long`. */
const RATIO =
  /(?<![\w.])(\d+\.\d+|\d+)(?: (?:to|–|and) (\d+\.\d+|\d+))? ?(?:×(?! fop)|times as (?:long|fast))/g;
const MARK = /^<!-- own figures: [^>]+-->$/m;

const known = new Set(readFileSync(SPEED_PAGE, 'utf8').match(/\d+(?:\.\d+)?/g));

/** Lists the ratios of a page that are neither in the page of figures nor marked. */
function findStrangeRatios(text: string): string[] {
  const blocks = text.replace(/^```.*?^```$/gms, '').split(/\n{2,}/);
  return blocks.flatMap((block, index) => {
    if (MARK.test(block) || MARK.test(blocks[index - 1] ?? '')) return [];
    return [...block.matchAll(RATIO)]
      .filter(([, ...ends]) => ends.some((end) => end !== undefined && !known.has(end)))
      .map(([ratio]) => ratio);
  });
}

it('each ratio that a page quotes is in the page of figures, or marked as one of its own', () => {
  const pages = readSources('.md').filter(({ path }) => !EXEMPT.test(path));
  expect(pages.length).toBeGreaterThan(50);
  const found = pages.flatMap(({ path, text }) =>
    findStrangeRatios(text).map((ratio) => `${path}: ${ratio}`),
  );
  expect(found).toEqual([]);
});

it('a ratio that is in no record is found, unless it is marked', () => {
  expect(findStrangeRatios('It takes 97.31 × the time, or 98.77 to 99.11 times as long.')).toEqual([
    '97.31 ×',
    '98.77 to 99.11 times as long',
  ]);
  expect(findStrangeRatios('<!-- own figures: of 2012 -->\nIt takes 97.31 ×.')).toEqual([]);
  expect(findStrangeRatios('<!-- own figures: of 2012 -->\n\n| 97.31 × |')).toEqual([]);
});
