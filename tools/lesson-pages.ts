/**
 * Converts the course for the page of the playground: texts to HTML, and volfiles to ones that run
 * in a browser. The build calls it, as the package does not contain the converter of Markdown.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { reduceLessonText } from '../apps/course/lesson-text.ts';
import { type LessonLanguage, lessonLanguages } from '../apps/course/lessons/check.ts';
import { findLessons, type Lesson, makeModuleFileName } from '../apps/course/terminal/lessons.ts';
import type { LessonData, LessonVariant } from '../apps/playground/page-data.ts';
import { VOLFILE } from '../apps/playground/play/share-fragment.ts';
import { packageRoot } from '../runtime/sys/paths.ts';

/** Reads all lessons, in English in any locale. */
export const readLessons = (): LessonData[] => findLessons(undefined, {}).map(readLesson);

/** Reads a lesson, for each of its languages. */
function readLesson(lesson: Lesson): LessonData {
  const { name, title } = lesson;
  const variants = {
    python: makeVariant(lesson, 'python'),
    javascript: makeVariant(lesson, 'javascript'),
  };
  return { name, title, variants };
}

/** Matches the learner's task, from its heading to the next heading. */
const TASK_PATTERN = /^## Your turn\n((?:(?!## ).*\n?)*)/m;
/** Matches the instruction to save, which starts the check at a terminal; a page has a button. */
const SAVING_PATTERN = /\bsave the file\b/gi;
/** Returns the instruction for the page in place of the one to save, with the same case. */
const replaceSaving = (instruction: string): string =>
  `${instruction[0] === 'S' ? 'P' : 'p'}ress **Check** or Ctrl+S`;

/** Converts a lesson's texts and files for one language. */
function makeVariant(lesson: Lesson, language: LessonLanguage): LessonVariant {
  const module = makeModuleFileName(lesson.name, language);
  // A lesson has one volfile, which is named like its Python module.
  const volfile = `${makeModuleFileName(lesson.name, 'python').slice(0, -'.py'.length)}.vol`;
  const tests = lesson.tests
    .filter((test) => test.endsWith(lessonLanguages[language].extension))
    .map((test) => [`/${basename(test)}`, lesson.read(basename(test))]);
  const { text, hints } = reduceLessonText(lesson.read('lesson.md'), language);
  const folder = join(packageRoot, 'apps/course/lessons', lesson.name);
  const renameVolfile = (markdown: string): string =>
    markdown.replaceAll(volfile, VOLFILE.slice(1));
  const [, task = ''] = TASK_PATTERN.exec(text) ?? [];
  return {
    // The page shows the title itself, and the task beside the check.
    html: renderHtml(renameVolfile(text.replace(/^# .*\n/, '').replace(TASK_PATTERN, '')), folder),
    task: renderHtml(renameVolfile(task).replace(SAVING_PATTERN, replaceSaving), folder),
    hints: hints.map((hint) => renderHtml(renameVolfile(hint), folder)),
    module: `/${module}`,
    files: {
      [`/${module}`]: lesson.read(`starter${lessonLanguages[language].extension}`),
      // The volfile names the Python module; the page runs the module of the learner's language.
      [VOLFILE]: replaceFolderStorage(lesson.read(volfile), volfile).replace(
        /(?<=module-name )\S+/,
        module,
      ),
      ...Object.fromEntries(tests),
    },
    solution: lesson.read(`solution${lessonLanguages[language].extension}`),
  };
}

/** The beginning of a lesson's volfile at a terminal, unless the lesson's module is the storage. */
const FOLDER_STORAGE = `# The files of a folder, and above it the translator of this lesson.

volume storage
    type storage/posix
    option directory files
end-volume
`;
/** Its replacement in the page. */
const MEMORY_STORAGE = `# Files in memory, and above them the translator of this lesson.

volume storage
    type storage/memory
end-volume
`;

/** Replaces the folder storage of a volfile by memory, as a page has no folder. */
function replaceFolderStorage(volfile: string, name: string): string {
  const replaced = volfile.replace(FOLDER_STORAGE, MEMORY_STORAGE);
  if (replaced.includes('storage/posix'))
    throw new Error(`${name} does not begin with:\n${FOLDER_STORAGE}`);
  return replaced;
}

/** Characters of a line that fit on a phone; blocks with longer lines scroll, also by keys. */
const NARROW_LINE_CHARACTERS = 44;
/** Matches links to other hosts. */
const OTHER_HOST_PATTERN = /^https:/;

/** Converts Markdown to HTML. @param folder the folder to which paths of pictures are relative */
export function renderHtml(markdown: string, folder: string): string {
  const marked = new Marked({
    renderer: {
      // Headings start below those of the page, its section, and the lesson.
      heading({ tokens, depth }) {
        const tag = `h${depth + 2}`;
        return `<${tag}>${this.parser.parseInline(tokens)}</${tag}>\n`;
      },
      // Other files of the repository are not served with the page.
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (!OTHER_HOST_PATTERN.test(href)) return text;
        return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener">${text}</a>`;
      },
      image({ href, text }) {
        const picture = readFileSync(join(folder, href)).toString('base64');
        return `<img alt="${escapeHtml(text)}" src="data:image/svg+xml;base64,${picture}">`;
      },
      code({ text, lang }) {
        const isWide = text.split('\n').some((line) => line.length > NARROW_LINE_CHARACTERS);
        // Blocks that are not code are drawings or commands, whose lines must not wrap.
        const tabIndex = isWide && !/^(python|js)$/.test(lang ?? '') ? ' tabindex="0"' : '';
        return `<pre class="${lang || 'plain'}"${tabIndex}><code>${escapeHtml(text)}</code></pre>\n`;
      },
      table({ header, rows }) {
        const renderCells = (row: readonly Tokens.TableCell[], tag: string): string =>
          row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('');
        const hasHead = header.some(({ text }) => text !== '');
        const head = hasHead ? `<thead><tr>${renderCells(header, 'th')}</tr></thead>` : '';
        const body = rows.map((row) => `<tr>${renderCells(row, 'td')}</tr>`).join('\n');
        return `<table>${head}<tbody>\n${body}\n</tbody></table>\n`;
      },
    },
  });
  return (marked.parse(markdown) as string).trim();
}

/** HTML's entities, by the character that each stands for. */
const HTML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };
const escapeHtml = (text: string): string =>
  text.replace(/[&<"]/g, (character) => HTML_ESCAPES[character]!);
