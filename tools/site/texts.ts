/**
 * Which of the repository's texts are pages of the site, and in what order. A text stands once, where
 * it is: the site is made from it. What is not named here, but linked, becomes a page below `/files/`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Text {
  /** From the top of the repository. */
  readonly source: string;
  /** Where it is on the site, without an ending. */
  readonly url: string;
  /** In the list of pages; otherwise its first heading. */
  readonly title?: string;
}

export interface Group {
  readonly title: string;
  readonly texts: readonly Text[];
}

const at = (folder: string, files: Readonly<Record<string, string>>): Text[] =>
  Object.entries(files).map(([source, name]) => ({ source, url: `/${folder}/${name}` }));

const foldersIn = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const guides: readonly Text[] = [
  { source: 'README.md', url: '/guide/overview', title: 'Overview' },
  ...at('guide', {
    'docs/guide-python.md': 'python',
    'docs/guide-javascript.md': 'javascript',
    'docs/guide-typescript.md': 'typescript',
  }),
  { source: 'bridges/native/README.md', url: '/guide/c', title: 'Translators in C' },
  ...at('guide', { 'docs/glupy-compat.md': 'original-glupy' }),
];

const references = at('reference', {
  'docs/fops.md': 'fops',
  'docs/messages.md': 'messages',
});

const about = at('about', {
  'CHANGELOG.md': 'changelog',
  'CONTRIBUTING.md': 'contributing',
  'docs/dependencies.md': 'dependencies',
  'THIRD-PARTY.md': 'third-party',
});

/** Of docs/, those that are named come first; one that nobody has named here is a how-to as well. */
const HOW_TO = ['testing', 'debugging', 'recording', 'replay', 'editors', 'operating', 'sandbox'];

function howTo(): Text[] {
  const elsewhere = new Set([...guides, ...references, ...about].map(({ source }) => source));
  const names = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && !elsewhere.has(`docs/${name}`))
    .map((name) => name.slice(0, -'.md'.length))
    .sort();
  const sorted = [...HOW_TO, ...names.filter((name) => !HOW_TO.includes(name))];
  return sorted.map((name) => ({ source: `docs/${name}.md`, url: `/how-to/${name}` }));
}

/** The pages of `apps/course/lessons/`, as many as there are. */
function course(): Text[] {
  if (!existsSync(join(root, 'apps/course/lessons'))) return [];
  const lessons = foldersIn('apps/course/lessons').map((name) => ({
    source: `apps/course/lessons/${name}/lesson.md`,
    url: `/course/${name}`,
  }));
  const all = [...at('course', { 'apps/course/lessons/concepts.md': 'concepts' }), ...lessons];
  all.push(
    ...at('course', {
      'apps/course/lessons/map.md': 'map',
      'apps/course/lessons/teaching.md': 'teaching',
    }),
  );
  return all.filter(({ source }) => existsSync(join(root, source)));
}

/** All of them, by groups; those without a text are left out. */
export const groups = {
  guide: { title: 'Guide', texts: guides },
  examples: {
    title: 'Examples',
    texts: foldersIn('examples').map((name) => ({
      source: `examples/${name}/README.md`,
      url: `/examples/${name}`,
      title: name,
    })),
  },
  course: { title: 'Course', texts: course() },
  howTo: { title: 'How to', texts: howTo() },
  reference: { title: 'Reference', texts: references },
  about: { title: 'The project', texts: about },
} satisfies Record<string, Group>;

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The first heading of a text, without marks. */
export function headingOf(text: string): string | undefined {
  return /^# +(.+)$/m.exec(text)?.[1]?.replaceAll('`', '');
}
