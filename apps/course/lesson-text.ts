/**
 * Reduces a lesson's text to one language: the same Markdown for paper, page and terminal. It omits
 * code of the other language, and returns the hints apart, as learners ask for them.
 */
import { type LessonLanguage, lessonLanguages, translateNames } from './lessons/check.ts';

export interface LessonMarkdown {
  readonly text: string;
  readonly hints: readonly string[];
}

/** A mark before the heading of the hints, which are the numbered list below it. */
const HINTS = /^<!-- hints -->\n#.*\n((?:(?!#|<!--).*\n?)*)/m;

export function reduceLessonText(markdown: string, language: LessonLanguage): LessonMarkdown {
  const sections = markdown.split(/^(?=## )/m);
  const reduced = sections.map((section) => reduceSection(section, language)).join('');
  const hints = HINTS.exec(reduced)?.[1] ?? '';
  return {
    text: reduced.replace(HINTS, ''),
    hints: [...hints.matchAll(/^\d+\. (.*(?:\n {3}.*)*)/gm)].map((hint) =>
      hint[1]!.replace(/\n */g, ' '),
    ),
  };
}

/** The heading of a section about C, whose names stay unchanged. */
const ABOUT_C = /^## .*\bC\n/;

/** Omits code blocks of other languages. */
function reduceSection(section: string, language: LessonLanguage): string {
  if (ABOUT_C.test(section)) return section;
  const { code, fence } = lessonLanguages[language];
  const fences = Object.values(lessonLanguages).map((language) => language.fence);
  const others = fences.filter((other) => other !== fence);
  const parts = section.split(/^(```\w*\n.*?^```\n)/ms);
  return parts
    .map((part) => {
      if (others.some((other) => part.startsWith(`\`\`\`${other}\n`))) return '';
      if (!part.startsWith('```')) return translateNames(part, language);
      const isCommand = part.startsWith('```sh\n') || part.startsWith('```\n');
      return isCommand ? code(part) : part;
    })
    .join('');
}
