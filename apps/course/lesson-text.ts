/**
 * Reduces a lesson's text to one language: the same Markdown for paper, page and terminal. It omits
 * code of the other language, and returns the hints apart, as learners ask for them.
 */
import { inLanguage, type LessonLanguage, lessonLanguages } from './lessons/check.ts';

export interface LessonMarkdown {
  readonly text: string;
  readonly hints: readonly string[];
}

/** A mark before the heading of the hints, which are the numbered list below it. */
const HINTS = /^<!-- hints -->\n#.*\n((?:(?!#|<!--).*\n?)*)/m;

export function lessonText(markdown: string, language: LessonLanguage): LessonMarkdown {
  const sections = markdown.split(/^(?=## )/m);
  const said = sections.map((section) => ofLanguage(section, language)).join('');
  const hints = HINTS.exec(said)?.[1] ?? '';
  return {
    text: said.replace(HINTS, ''),
    hints: [...hints.matchAll(/^\d+\. (.*(?:\n {3}.*)*)/gm)].map((hint) =>
      hint[1]!.replace(/\n */g, ' '),
    ),
  };
}

/** The heading of a section about C, whose names stay unchanged. */
const ABOUT_C = /^## .*\bC\n/;

/** Omits code blocks of other languages. */
function ofLanguage(section: string, language: LessonLanguage): string {
  if (ABOUT_C.test(section)) return section;
  const { code, fence } = lessonLanguages[language];
  const fences = Object.values(lessonLanguages).map((each) => each.fence);
  const others = fences.filter((each) => each !== fence);
  const parts = section.split(/^(```\w*\n.*?^```\n)/ms);
  return parts
    .map((part) => {
      if (others.some((other) => part.startsWith(`\`\`\`${other}\n`))) return '';
      if (!part.startsWith('```')) return inLanguage(part, language);
      const isCommand = part.startsWith('```sh\n') || part.startsWith('```\n');
      return isCommand ? code(part) : part;
    })
    .join('');
}
