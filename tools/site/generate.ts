/**
 * Writes the input of VitePress into `.generated/`: the repository's texts with links of the site,
 * pages generated from sources, linked files, and pictures.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { API } from './api.ts';
import { type Added, type Picture, withBlocks } from './blocks.ts';
import { interfacePages } from './declarations.ts';
import { outsideOfCode, relink } from './links.ts';
import { hasPlayground, PLAYGROUND, runLink, withLesson } from './playground.ts';
import { commandPages, type GeneratedPage, translatorPages, volfilePage } from './reference.ts';
import { groups, headingOf, read, root, type Text } from './texts.ts';

const out = join(import.meta.dirname, '.generated');

/** A page before its links are converted. */
interface Draft extends GeneratedPage {
  /** The menu that lists it; null for linked files. */
  readonly group: string | null;
  /** Further texts on the page, with links relative to their own paths. */
  readonly parts?: readonly Text[];
}

interface Item {
  readonly text: string;
  readonly link: string;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.js': 'js',
  '.ts': 'ts',
  '.c': 'c',
  '.h': 'c',
  '.json': 'json',
  '.vol': '',
};

/** The path of a translator's README from the top of the repository. */
const readmeOf = (type: string): string | undefined =>
  ['runtime/xlators', 'gluster']
    .map((folder) => `${folder}/${type}/README.md`)
    .find((path) => existsSync(join(root, path)));

function draftsOf(group: string, texts: readonly Text[]): Draft[] {
  return texts.map(({ source, url, title }) => {
    const text = read(source);
    return { source, url, text, group, title: title ?? headingOf(text) ?? url };
  });
}

/** A page that shows a file, or lists a folder. */
function fileDraft(source: string): Draft {
  const url = `/files/${source.replace(/\.md$/, '')}${statSync(join(root, source)).isDirectory() ? '/' : ''}`;
  const made = { source, url, title: source, group: null };
  if (url.endsWith('/')) {
    const names = readdirSync(join(root, source));
    const list = names.map((name) => `- [${name}](${source.split('/').at(-1)}/${name})`).join('\n');
    return { ...made, text: `# ${source}\n\n${list}\n` };
  }
  if (source.endsWith('.md')) return { ...made, text: read(source) };
  const language = LANGUAGES[extname(source)] ?? 'text';
  return {
    ...made,
    text: `# ${source}\n\n\`\`\`\`${language}\n${read(source).trimEnd()}\n\`\`\`\`\n`,
  };
}

/** The course as one page, for printing. */
const wholeCourse = (): Draft => ({
  source: 'apps/course/lessons/README.md',
  url: '/course/whole',
  title: 'The course on paper',
  group: 'course',
  text: `# The course on paper

All lessons on one page, with the concepts before them and the map of the tutorial behind. Print it, or keep it as a
PDF: each lesson begins on a new sheet.
`,
  parts: groups.course.texts.filter(({ source }) => source !== 'apps/course/lessons/teaching.md'),
});

async function drafts(): Promise<Draft[]> {
  const inGroup = (group: string, pages: readonly GeneratedPage[]) =>
    pages.map((page) => ({ ...page, group }));
  return [
    ...Object.entries(groups).flatMap(([name, { texts }]) => draftsOf(name, texts)),
    wholeCourse(),
    ...inGroup('reference', [volfilePage(read('volfiles/posix.vol')), ...interfacePages()]),
    ...inGroup('translators', translatorPages(readmeOf)),
    ...inGroup('commands', await commandPages()),
  ];
}

/** The path under which tools/site/home.md refers to its picture. */
const HERO = '/figures/docs-start-pictures-stack.svg';

const COMMENT = /<!--[\s\S]*?-->\n?/g;

/** Writes all pages anew. @throws {BrokenLink} */
export async function generate(): Promise<void> {
  const pages = await drafts();
  // A link to a source file leads to the file, not to a page generated from it.
  const urls = new Map<string, string>();
  for (const { source, url, parts } of pages) {
    if (source.endsWith('.md') && parts === undefined) urls.set(source, url);
  }
  const pictures = new Map<string, Picture>();
  const urlOf = (path: string): string | undefined => {
    const known = urls.get(path) ?? urls.get(`${path}/README.md`);
    if (known !== undefined || !existsSync(join(root, path))) return known;
    if (path.endsWith('.svg')) {
      const name = `figures/${path.replaceAll('/', '-')}`;
      write(`pages/public/${name}`, read(path));
      return `/${name}`;
    }
    const draft = fileDraft(path);
    pages.push(draft);
    // VitePress would take another ending for a static file.
    const url = draft.url.endsWith('/') ? draft.url : `${draft.url}.html`;
    urls.set(path, url);
    return url;
  };

  rmSync(join(out, 'pages'), { recursive: true, force: true });
  // The loop appends the files that it finds linked.
  for (const page of pages) {
    const isText = page.source.endsWith('.md') || page.group === null;
    const texts = (page.parts ?? []).map(({ source }) => ({ source, text: read(source) }));
    const bodies = [page, ...texts].map(({ source, text }) => {
      const bare = outsideOfCode(text, (part) => part.replace(COMMENT, ''));
      const linked = isText ? relink(bare, source, urlOf) : bare;
      const run: Added['run'] = (language, code) => runLink(source, language, code);
      return withBlocks(withLesson(linked, source), { pictures, run });
    });
    const front = { title: page.title, source: page.source, ...aside(page) };
    const name = page.url.endsWith('/') ? `${page.url}index` : page.url;
    write(`pages${name}.md`, `---\n${JSON.stringify(front)}\n---\n${bodies.join('\n\n')}`);
  }
  for (const { name, svg } of pictures.values()) write(`pages/public/pictures/${name}`, svg);
  write('pages/index.md', read('tools/site/home.md'));
  write(`pages/public${HERO}`, read('docs/start/pictures/stack.svg'));
  write('pages/public/favicon.svg', read('tools/site/favicon.svg'));
  write('site.json', JSON.stringify(menus(pages), null, 2));
}

/** Front matter of pages that repeat other texts: not searchable, without neighbours. */
const aside = ({ group, parts }: Draft): object =>
  group === null || parts !== undefined
    ? { search: false, prev: false, next: false, outline: false }
    : {};

/** The menus for the top bar and the sidebar. */
function menus(pages: readonly Draft[]): object {
  const of = (group: string): Item[] =>
    pages
      .filter((page) => page.group === group)
      .map(({ title, url }) => ({ text: title, link: url }));
  const list = (text: string, group: string) => {
    const items = of(group);
    return items.length === 0 ? [] : [{ text, items }];
  };
  const learn = [
    ...list('Start', 'start'),
    ...list('Course', 'course'),
    ...list('Write a translator', 'write-a-translator'),
    ...list('Operate', 'operate'),
    ...list('Clusters', 'clusters'),
    ...list('How it works', 'how-it-works'),
    ...list('Examples', 'examples'),
    ...list('The project', 'about'),
  ];
  const reference = [
    {
      text: 'Reference',
      items: [...of('reference'), { text: 'TypeScript', link: API, target: '_self' }],
    },
    ...list('Translators', 'translators'),
    ...list('Commands', 'commands'),
  ];
  const first = (group: string): string | undefined => of(group)[0]?.link;
  const nav = [
    {
      text: 'Guide',
      link: first('start'),
      activeMatch: '^/(start|operate|clusters|how-it-works)/',
    },
    { text: 'Course', link: first('course'), activeMatch: '^/course/' },
    { text: 'Write', link: first('write-a-translator'), activeMatch: '^/(write|examples)/' },
    { text: 'Reference', link: first('reference'), activeMatch: '^/reference/' },
    ...(hasPlayground ? [{ text: 'Playground', link: PLAYGROUND, target: '_self' }] : []),
  ].filter(({ link }) => link !== undefined);
  return { nav, sidebar: { '/reference/': reference, '/files/': learn, '/': learn } };
}

function write(name: string, text: string): void {
  const path = join(out, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
