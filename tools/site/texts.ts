/**
 * Lists the repository's texts that become pages of the site, by groups and in order. Each `##`
 * section of `docs/README.md` is a group with the pages that it links. Texts that only other pages
 * link become pages below `/files/`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The top of the repository. */
export const root = join(import.meta.dirname, '../..');

/** A text of the repository that becomes a page of the site. */
export interface SiteText {
  /** The file's path from the top of the repository. */
  readonly source: string;
  /** The page's path on the site, without `.html`. */
  readonly url: string;
  /** The page's name in the list of pages; without it, its first heading. */
  readonly title?: string;
}

/** A group of pages, which a menu lists. */
export interface Group {
  readonly title: string;
  readonly texts: readonly SiteText[];
}

/** Reads a text file by its path from the top of the repository. */
export const readRepositoryFile = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Texts outside `docs/`, or whose URL does not follow from their path there. */
const OTHER_TEXTS: Readonly<Record<string, SiteText>> = {
  'README.md': { source: 'README.md', url: '/start/overview', title: 'Overview' },
  'bridges/native/README.md': {
    source: 'bridges/native/README.md',
    url: '/write/c',
    title: 'Translators in C',
  },
};

/** The texts about the project, with the names of their pages. */
const aboutTexts = Object.entries({
  'CHANGELOG.md': 'changelog',
  'CONTRIBUTING.md': 'contributing',
  'docs/SECURITY.md': 'security',
  'docs/THIRD-PARTY.md': 'third-party',
}).map(([source, name]) => ({ source, url: `/about/${name}` }));

/** Lists the subfolders of a folder, numbers in their names by value. */
const listFolders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** Lists the texts that a section of `docs/README.md` links, without those of other groups. */
function listTexts(section: string): SiteText[] {
  const sources = [...section.matchAll(/\]\(([^)#]+\.md)/g)].map(([, link]) =>
    posix.join('docs', link!),
  );
  return [...new Set(sources)].flatMap((source) => {
    const text = OTHER_TEXTS[source];
    if (text !== undefined) return [text];
    const isAbout = aboutTexts.some((about) => about.source === source);
    if (isAbout || !source.startsWith('docs/')) return [];
    return [{ source, url: source.slice('docs'.length, -'.md'.length) }];
  });
}

/** The groups of `docs/README.md`: the section `## How it works` becomes `how-it-works`. */
const documentationGroups = Object.fromEntries(
  readRepositoryFile('docs/README.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const title = section.slice(0, section.indexOf('\n'));
      return [title.toLowerCase().replaceAll(' ', '-'), { title, texts: listTexts(section) }];
    }),
) as Readonly<Record<string, Group>>;

/** The README of each example. */
const exampleTexts: readonly SiteText[] = listFolders('examples').map((name) => ({
  source: `examples/${name}/README.md`,
  url: `/examples/${name}`,
  title: name,
}));

/** Lists the texts of `apps/course/lessons/`. */
function listCourseTexts(): SiteText[] {
  const makePage = (name: string, source = `${name}.md`): SiteText => ({
    source: `apps/course/lessons/${source}`,
    url: `/course/${name}`,
  });
  const lessons = listFolders('apps/course/lessons').map((name) =>
    makePage(name, `${name}/lesson.md`),
  );
  return [makePage('concepts'), ...lessons, makePage('map'), makePage('teaching')].filter(
    ({ source }) => existsSync(join(root, source)),
  );
}

/** The groups of the site's texts, in order. */
export const groups: Readonly<Record<string, Group>> & { readonly course: Group } = {
  ...documentationGroups,
  examples: { title: 'Examples', texts: exampleTexts },
  course: { title: 'Course', texts: listCourseTexts() },
  about: { title: 'The project', texts: aboutTexts },
};

/** Finds the first heading of a text, and removes the marks of code in it. */
export function findHeading(text: string): string | undefined {
  return /^# +(.+)$/m.exec(text)?.[1]?.replaceAll('`', '');
}
