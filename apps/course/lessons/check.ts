/**
 * Defines the interface and helpers of a lesson's check. A check sends requests through the
 * learner's translator, and returns a sentence about the result. It uses no API of Node or of a
 * page, only its `Subject`.
 *
 * Sentences have Python names between backticks; `translateNames` spells them in another language.
 */
import type { FopReply, TestGraph } from '../../../bridges/testing/api.ts';
import { isModuleFile } from '../../../bridges/testing/log-lines.ts';

/** Spells Python's names in JavaScript: `self.log` as `this.log`, `lookup_cbk` as `lookupCbk`. */
const translateToJavaScript = (code: string): string =>
  code
    .replace(/\bself\b/g, 'this')
    .replace(/\bNone\b/g, 'null')
    .replace(/\.py\b/g, '.js')
    .replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The languages of lessons. Texts and sentences have Python's names.
 * `fence`: the language of a code block in Markdown; `volfileSuffix`: the end of a volfile's name;
 * `translateCode`: translates names in code to the language's spelling.
 */
export const lessonLanguages = {
  python: {
    extension: '.py',
    fence: 'python',
    volfileSuffix: '.vol',
    translateCode: (text: string) => text,
  },
  javascript: {
    extension: '.js',
    fence: 'js',
    volfileSuffix: '-js.vol',
    translateCode: translateToJavaScript,
  },
} as const;

export type LessonLanguage = keyof typeof lessonLanguages;

export const lessonLanguageNames = Object.keys(lessonLanguages) as readonly LessonLanguage[];

/** The language of a lesson if the learner has chosen none. */
export const DEFAULT_LANGUAGE: LessonLanguage = lessonLanguageNames[0]!;

/** Starts the learner's translator for a check. */
export interface Subject {
  /** Starts a graph with the translator above a storage in memory, in an interpreter of its own. */
  volume(options?: Readonly<Record<string, string | number>>): Promise<TestGraph>;
}

/** Resolves to a sentence about the success. @throws {WrongResult} with the mistake */
export type Check = (subject: Subject) => Promise<string>;

/** Thrown for a mistake of the learner's translator; the message explains it to the learner. */
export class WrongResult extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'Wrong';
  }
}

/** Asserts a condition about the learner's translator. @throws {WrongResult} with the sentence */
export function must(isRight: boolean, sentence: string): asserts isRight {
  if (!isRight) throw new WrongResult(sentence);
}

/** The errno values that checks expect: Linux's numbers, also on other systems. */
export const ENOENT = 2;
export const EIO = 5;
export const EACCES = 13;
const EROFS = 30;
const EOPNOTSUPP = 95;

/** The names of these errors, with explanations for learners. */
const ERROR_TEXTS: Readonly<Record<number, string>> = {
  [ENOENT]: 'ENOENT (no such file)',
  [EIO]: 'EIO (an error without a better name)',
  [EACCES]: 'EACCES (not allowed)',
  [EROFS]: 'EROFS (a file system that can only be read)',
  [EOPNOTSUPP]: 'EOPNOTSUPP (an operation that is not supported)',
};

/** Describes a reply for use in a sentence: `found`, or its error. */
export const describeReply = ({ opRet, opErrno }: Pick<FopReply, 'opRet' | 'opErrno'>): string =>
  opRet >= 0 ? 'found' : (ERROR_TEXTS[opErrno] ?? `error number ${opErrno}`);

/** Looks a path up, and returns the reply. */
export const lookUp = (g: TestGraph, path: string): Promise<FopReply> => g.fop.lookup!(path);

/** Counts the lookups of a path that reached the storage. */
export const countLookups = (g: TestGraph, path: string): number =>
  g.asked('lookup').filter((request) => request.path === path).length;

/** Formats a number of times: `once`, `twice`, `3 times`. */
export const formatTimes = (count: number): string =>
  ['never', 'once', 'twice'][count] ?? `${count} times`;

/** Lists the messages that the module has logged at a level (`I`, `D`, …), in order. */
export const listLoggedTexts = (g: TestGraph, level: string): string[] =>
  g.log.filter((line) => line.level === level && isModuleFile(line.file)).map(({ text }) => text);

/** Translates the names between backticks in a text to a language's spelling. */
export const translateNames = (text: string, language: LessonLanguage): string =>
  text.replace(/`[^`\n]+`/g, lessonLanguages[language].translateCode);
