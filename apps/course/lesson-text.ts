/**
 * Reduces a lesson's Markdown to one language: omits code of the other language, and separates the
 * hints, which learners request one by one. The playground and `glossa learn` call it.
 */
import { type LessonLanguage, lessonLanguages, translateNames } from './lessons/check.ts';

/** A lesson in one language, as Markdown. */
export interface LessonMarkdown {
  readonly text: string;
  readonly hints: readonly string[];
}

/** Matches the hints: a mark, a heading, and the numbered list below it (group 1). */
const HINTS_PATTERN = /^<!-- hints -->\n#.*\n((?:(?!#|<!--).*\n?)*)/m;

/** Matches marks of blocks for the tests of the texts, which a learner is not shown. */
const BLOCK_MARK_PATTERN = /^<!-- (?!hints ).* -->\n/gm;

/** Returns the text in one language, as Markdown, without the hints. */
export function reduceLessonText(markdown: string, language: LessonLanguage): LessonMarkdown {
  const sections = markdown.replace(BLOCK_MARK_PATTERN, '').split(/^(?=## )/m);
  const reduced = sections.map((section) => reduceSection(section, language)).join('');
  const hints = HINTS_PATTERN.exec(reduced)?.[1] ?? '';
  return {
    text: reduced.replace(HINTS_PATTERN, ''),
    hints: [...hints.matchAll(/^\d+\. (.*(?:\n {3}.*)*)/gm)].map((hint) =>
      hint[1]!.replace(/\n */g, ' '),
    ),
  };
}

/** Matches a section about C, which is for all languages and whose names are not translated. */
const C_SECTION_PATTERN = /^## .*\bC\n/;

/** Omits code blocks of other languages, and translates names in prose and commands. */
function reduceSection(section: string, language: LessonLanguage): string {
  if (C_SECTION_PATTERN.test(section)) return section;
  const { translateCode, fence } = lessonLanguages[language];
  const fences = Object.values(lessonLanguages).map((other) => other.fence);
  const otherFences = fences.filter((other) => other !== fence);
  const parts = section.split(/^(```\w*\n.*?^```\n)/ms);
  return parts
    .map((part) => {
      if (otherFences.some((other) => part.startsWith(`\`\`\`${other}\n`))) return '';
      if (!part.startsWith('```')) return translateNames(part, language);
      const isCommand = part.startsWith('```sh\n') || part.startsWith('```\n');
      return isCommand ? translateCode(part) : part;
    })
    .join('');
}
