/**
 * Reduces a lesson's Markdown to one language: omits code of the other language, and returns the
 * hints apart, as learners request them one by one. The playground and `glossa learn` call it.
 */
import { type LessonLanguage, lessonLanguages, translateNames } from './lessons/check.ts';

export interface LessonMarkdown {
  readonly text: string;
  readonly hints: readonly string[];
}

/** Matches the hints: a mark, a heading, and the numbered list below it (group 1). */
const HINTS = /^<!-- hints -->\n#.*\n((?:(?!#|<!--).*\n?)*)/m;

/** Returns the text in one language, as Markdown, without the hints. */
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

/** The heading of a section about C: it is for all languages, and its names are not translated. */
const ABOUT_C = /^## .*\bC\n/;

/** Omits code blocks of other languages, and translates names in prose and commands. */
function reduceSection(section: string, language: LessonLanguage): string {
  if (ABOUT_C.test(section)) return section;
  const { code, fence } = lessonLanguages[language];
  const fences = Object.values(lessonLanguages).map((each) => each.fence);
  const otherFences = fences.filter((other) => other !== fence);
  const parts = section.split(/^(```\w*\n.*?^```\n)/ms);
  return parts
    .map((part) => {
      if (otherFences.some((other) => part.startsWith(`\`\`\`${other}\n`))) return '';
      if (!part.startsWith('```')) return translateNames(part, language);
      const isCommand = part.startsWith('```sh\n') || part.startsWith('```\n');
      return isCommand ? code(part) : part;
    })
    .join('');
}
