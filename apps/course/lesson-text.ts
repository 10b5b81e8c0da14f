/**
 * A lesson's text as it is for a learner of one language: the same Markdown for paper, page and
 * terminal. Code of the other language is left out, and so are the hints, which are for who asks.
 */
import { inLanguage, type LessonLanguage, lessonLanguages } from './lessons/check.ts';

export interface LessonMarkdown {
  readonly text: string;
  readonly hints: readonly string[];
}

/** Stands before the heading of the hints, which are the numbered list below it. */
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

/** The heading of a section about GlusterFS's own language, whose names stay as they are. */
const ABOUT_C = /^## .*\bC\n/;

/** Of code that is there in several languages, that of the others is left out. */
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
