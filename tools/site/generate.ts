/**
 * Writes the input of VitePress into `.generated/`: the repository's texts with their links
 * converted to those of the site, pages made from sources, files that texts link, and pictures.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { toPlainVolumes } from '../../runtime/volfile/description.ts';
import { renderSvg } from '../../runtime/volfile/render/svg.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../runtime/volfile/volfile.ts';
import { makeInterfacePages } from './declarations.ts';
import { changeOutsideCode, convertLinks } from './links.ts';
import { addLessonLink, hasPlayground, makeModuleLink, PLAYGROUND_PATH } from './playground.ts';
import {
  type GeneratedPage,
  makeCommandPages,
  makeTranslatorPages,
  makeVolfilePage,
} from './reference.ts';
import { findHeading, groups, readRepositoryFile, root, type SiteText } from './texts.ts';
import { API_PATH } from './typescript-reference.ts';

/** Matches a code block between fences; the groups are its language and its code. */
const FENCED_BLOCK_PATTERN = /^```(\w*)\n([\s\S]*?)^``` *$/gm;
/** Matches an indented code block, with the empty lines in it. */
const INDENTED_BLOCK_PATTERN = /(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+/g;
/** Matches code that is a volfile. */
const VOLFILE_PATTERN = /^ *volume \S+$/m;

/** A picture of a volfile's graph, with its file name. */
interface Picture {
  readonly name: string;
  readonly svg: string;
}

/** The additions to the code blocks of a page. */
interface BlockAdditions {
  /** Receives the drawn pictures, by name. */
  readonly pictures: Map<string, Picture>;
  /**
   * Makes a link, in Markdown, that runs a module in the playground; undefined where it cannot run.
   */
  makeRunLink(language: string, text: string): string | undefined;
}

/**
 * Adds languages, pictures of volfiles and playground links to the code blocks of a text.
 */
function extendCodeBlocks(text: string, additions: BlockAdditions): string {
  const unindented = text.replace(INDENTED_BLOCK_PATTERN, (block) => {
    if (!VOLFILE_PATTERN.test(block) || /^ *```/m.test(block)) return block;
    return `\`\`\`\n${block.replace(/^ {4}/gm, '').trimEnd()}\n\`\`\`\n\n`;
  });
  return unindented.replace(
    FENCED_BLOCK_PATTERN,
    (block, language: string, code: string, offset: number) => {
      if (language === '' && VOLFILE_PATTERN.test(code)) {
        const isDrawn = /^\s*!\[/.test(unindented.slice(offset + block.length));
        return formatVolfileBlock(code, additions, isDrawn);
      }
      const link = additions.makeRunLink(language, code);
      return link === undefined ? block : `${block}\n\n${link}\n`;
    },
  );
}

/**
 * Formats a volfile as a code block, with a picture.
 * @param isDrawn whether the text has a picture of it already
 */
function formatVolfileBlock(code: string, { pictures }: BlockAdditions, isDrawn: boolean): string {
  const block = `\`\`\`volfile\n${code}\`\`\``;
  const picture = isDrawn ? undefined : drawGraph(code);
  if (picture === undefined) return block;
  const name = `${createHash('sha256').update(picture.svg).digest('hex').slice(0, 12)}.svg`;
  pictures.set(name, { name, svg: picture.svg });
  return `${block}\n\n![${picture.alt}](/pictures/${name})\n`;
}

/** Draws a complete volfile of at least two volumes; undefined for other code. */
function drawGraph(code: string): { svg: string; alt: string } | undefined {
  const { description } = inspectVolfile(new Source('shown.vol', code), {});
  if (!description) return undefined;
  const volumes = toPlainVolumes(description);
  if (volumes.length < 2) return undefined;
  const names = volumes.map(({ name }) => name).reverse();
  return { svg: renderSvg(volumes), alt: `The graph, from the top: ${names.join(', ')}` };
}

/** The folder `.generated/`. */
const outputFolder = join(import.meta.dirname, '.generated');

/** A page before its links are converted. */
interface Draft extends GeneratedPage {
  /** The menu that lists the page; null for a file that only other pages link. */
  readonly group: string | null;
  /** Further texts on the page; their links are relative to their own paths. */
  readonly parts?: readonly SiteText[];
}

/** A page in a menu. */
interface MenuItem {
  readonly text: string;
  readonly link: string;
}

/**
 * The language by which a file's code is highlighted; '' for volfiles, which `extendCodeBlocks`
 * handles.
 */
const LANGUAGE_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.js': 'js',
  '.ts': 'ts',
  '.c': 'c',
  '.h': 'c',
  '.json': 'json',
  '.vol': '',
};

/** Returns the path of a translator's README from the top of the repository, if it has one. */
const findReadme = (type: string): string | undefined =>
  ['runtime/xlators', 'gluster']
    .map((folder) => `${folder}/${type}/README.md`)
    .find((path) => existsSync(join(root, path)));

/** Makes a page of each text, listed in the menu `group`. */
function makeDrafts(group: string, texts: readonly SiteText[]): Draft[] {
  return texts.map(({ source, url, title }) => {
    const text = readRepositoryFile(source);
    return { source, url, text, group, title: title ?? findHeading(text) ?? url };
  });
}

/** Makes a page that shows a file, or lists a folder. */
function makeFileDraft(source: string): Draft {
  const url = `/files/${source.replace(/\.md$/, '')}${statSync(join(root, source)).isDirectory() ? '/' : ''}`;
  const draft = { source, url, title: source, group: null };
  if (url.endsWith('/')) {
    const names = readdirSync(join(root, source));
    const list = names.map((name) => `- [${name}](${source.split('/').at(-1)}/${name})`).join('\n');
    return { ...draft, text: `# ${source}\n\n${list}\n` };
  }
  if (source.endsWith('.md')) return { ...draft, text: readRepositoryFile(source) };
  // A fence of four backticks, as the file itself may contain fences of three.
  const language = LANGUAGE_BY_EXTENSION[extname(source)] ?? 'text';
  return {
    ...draft,
    text: `# ${source}\n\n\`\`\`\`${language}\n${readRepositoryFile(source).trimEnd()}\n\`\`\`\`\n`,
  };
}

/** Makes a page with the whole course, for printing. */
const makeWholeCourse = (): Draft => ({
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

/** Makes all pages but those of linked files, in the order of the menus. */
async function makeAllDrafts(): Promise<Draft[]> {
  const assignGroup = (group: string, pages: readonly GeneratedPage[]) =>
    pages.map((page) => ({ ...page, group }));
  return [
    ...Object.entries(groups).flatMap(([name, { texts }]) => makeDrafts(name, texts)),
    makeWholeCourse(),
    ...assignGroup('reference', [
      makeVolfilePage(readRepositoryFile('volfiles/posix.vol')),
      ...makeInterfacePages(),
    ]),
    ...assignGroup('translators', makeTranslatorPages(findReadme)),
    ...assignGroup('commands', await makeCommandPages()),
  ];
}

/** The path under which tools/site/home.md refers to its picture. */
const HERO_PICTURE = '/figures/docs-start-pictures-stack.svg';

/** Matches comments of HTML, which stay out of the pages. */
const COMMENT_PATTERN = /<!--[\s\S]*?-->\n?/g;

/** Replaces all generated pages. @throws {BrokenLink} */
export async function generate(): Promise<void> {
  const pages = await makeAllDrafts();
  // Only Markdown has a page by its path: links to other sources lead to pages that show the file.
  const urls = new Map<string, string>();
  for (const { source, url, parts } of pages) {
    if (source.endsWith('.md') && parts === undefined) urls.set(source, url);
  }
  const pictures = new Map<string, Picture>();
  const findUrl = (path: string): string | undefined => {
    const knownUrl = urls.get(path) ?? urls.get(`${path}/README.md`);
    if (knownUrl !== undefined || !existsSync(join(root, path))) return knownUrl;
    if (path.endsWith('.svg')) {
      const name = `figures/${path.replaceAll('/', '-')}`;
      writeGenerated(`pages/public/${name}`, readRepositoryFile(path));
      return `/${name}`;
    }
    const draft = makeFileDraft(path);
    pages.push(draft);
    // Without .html, VitePress would take an ending such as .py for that of a static file.
    const url = draft.url.endsWith('/') ? draft.url : `${draft.url}.html`;
    urls.set(path, url);
    return url;
  };

  rmSync(join(outputFolder, 'pages'), { recursive: true, force: true });
  // findUrl appends a page for each linked file, and the loop continues with these.
  for (const page of pages) {
    const hasLinks = page.source.endsWith('.md') || page.group === null;
    const texts = (page.parts ?? []).map(({ source }) => ({
      source,
      text: readRepositoryFile(source),
    }));
    const bodies = [page, ...texts].map(({ source, text }) => {
      const uncommented = changeOutsideCode(text, (part) => part.replace(COMMENT_PATTERN, ''));
      const linkedText = hasLinks ? convertLinks(uncommented, source, findUrl) : uncommented;
      const makeRunLink: BlockAdditions['makeRunLink'] = (language, code) =>
        makeModuleLink(source, language, code);
      return extendCodeBlocks(addLessonLink(linkedText, source), { pictures, makeRunLink });
    });
    const frontMatter = { title: page.title, source: page.source, ...makeFrontMatter(page) };
    const name = page.url.endsWith('/') ? `${page.url}index` : page.url;
    writeGenerated(
      `pages${name}.md`,
      `---\n${JSON.stringify(frontMatter)}\n---\n${bodies.join('\n\n')}`,
    );
  }
  for (const { name, svg } of pictures.values())
    writeGenerated(`pages/public/pictures/${name}`, svg);
  writeGenerated('pages/index.md', readRepositoryFile('tools/site/home.md'));
  writeGenerated(
    `pages/public${HERO_PICTURE}`,
    readRepositoryFile('docs/start/pictures/stack.svg'),
  );
  writeGenerated('pages/public/favicon.svg', readRepositoryFile('tools/site/favicon.svg'));
  writeGenerated('site.json', JSON.stringify(makeMenus(pages), null, 2));
}

/**
 * Makes the front matter. Pages that repeat other texts are not searchable, and have no links to a
 * previous and a next page.
 */
const makeFrontMatter = ({ group, parts }: Draft): object =>
  group === null || parts !== undefined
    ? { search: false, prev: false, next: false, outline: false }
    : {};

/** Makes the menus of the top bar and the sidebar. */
function makeMenus(pages: readonly Draft[]): object {
  const listItems = (group: string): MenuItem[] =>
    pages
      .filter((page) => page.group === group)
      .map(({ title, url }) => ({ text: title, link: url }));
  // A list with the menu of a group, or without any if the group has no pages.
  const makeMenu = (text: string, group: string) => {
    const items = listItems(group);
    return items.length === 0 ? [] : [{ text, items }];
  };
  const { start, course, reference: _, ...others } = groups;
  const learnMenus = Object.entries({ start, course, ...others }).flatMap(([name, group]) =>
    makeMenu(group!.title, name),
  );
  const referenceMenus = [
    {
      text: 'Reference',
      items: [...listItems('reference'), { text: 'TypeScript', link: API_PATH, target: '_self' }],
    },
    ...makeMenu('Translators', 'translators'),
    ...makeMenu('Commands', 'commands'),
  ];
  const findFirstLink = (group: string): string | undefined => listItems(group)[0]?.link;
  const nav = [
    {
      text: 'Guide',
      link: findFirstLink('start'),
      activeMatch: '^/(start|program|operate|clusters|how-it-works)/',
    },
    { text: 'Course', link: findFirstLink('course'), activeMatch: '^/course/' },
    {
      text: 'Write',
      link: findFirstLink('write-a-translator'),
      activeMatch: '^/(write|examples)/',
    },
    { text: 'Reference', link: findFirstLink('reference'), activeMatch: '^/reference/' },
    ...(hasPlayground ? [{ text: 'Playground', link: PLAYGROUND_PATH, target: '_self' }] : []),
  ].filter(({ link }) => link !== undefined);
  return {
    nav,
    sidebar: { '/reference/': referenceMenus, '/files/': learnMenus, '/': learnMenus },
  };
}

/** Writes a file into `.generated/`, and makes its folders. */
function writeGenerated(name: string, text: string): void {
  const path = join(outputFolder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
