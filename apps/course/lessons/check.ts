/**
 * A lesson's check: real requests through the learner's translator, and a sentence about what
 * happened. A check uses nothing of Node and nothing of a page: it runs wherever somebody gives it a
 * `Subject`.
 *
 * Sentences have names between backticks; `inLanguage` says them as a language has them.
 */
import type { FopReply, TestGraph } from '../../../bridges/testing/api.ts';
import { isScript } from '../../../bridges/testing/log.ts';

/** Code of a few words: `self.log` becomes `this.log`, `lookup_cbk` `lookupCbk`. */
const inJavaScript = (code: string): string =>
  code
    .replace(/\bself\b/g, 'this')
    .replace(/\bNone\b/g, 'null')
    .replace(/\.py\b/g, '.js')
    .replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The languages of lessons. Texts and sentences are written as the first one has the names. */
export const lessonLanguages = {
  python: { extension: '.py', fence: 'python', volfileEnd: '.vol', code: (text: string) => text },
  javascript: { extension: '.js', fence: 'js', volfileEnd: '-js.vol', code: inJavaScript },
} as const;

export type LessonLanguage = keyof typeof lessonLanguages;

export const lessonLanguageNames = Object.keys(lessonLanguages) as readonly LessonLanguage[];

export const FIRST_LANGUAGE: LessonLanguage = lessonLanguageNames[0]!;

/** The learner's translator. */
export interface Subject {
  /** A volume with it above a storage in memory; each has an interpreter of its own. */
  volume(options?: Readonly<Record<string, string | number>>): Promise<TestGraph>;
}

/** Resolves to what the translator did right. @throws {Wrong} with what it did otherwise */
export type Check = (subject: Subject) => Promise<string>;

/** What a translator did wrong, told to the one who wrote it. */
export class Wrong extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'Wrong';
  }
}

/** @throws {Wrong} */
export function must(fine: boolean, sentence: string): asserts fine {
  if (!fine) throw new Wrong(sentence);
}

export const ENOENT = 2;
export const EIO = 5;
export const EACCES = 13;

const ERRORS: Readonly<Record<number, string>> = {
  [ENOENT]: 'ENOENT (no such file)',
  [EIO]: 'EIO (an error without a better name)',
  [EACCES]: 'EACCES (not allowed)',
};

/** A reply as a sentence says it. */
export const told = ({ opRet, opErrno }: Pick<FopReply, 'opRet' | 'opErrno'>): string =>
  opRet >= 0 ? 'found' : (ERRORS[opErrno] ?? `error number ${opErrno}`);

/** One lookup, and whatever came of it. */
export const look = (g: TestGraph, path: string): Promise<FopReply> => g.fop.lookup!(path);

/** How often the storage was asked to look a path up. */
export const lookups = (g: TestGraph, path: string): number =>
  g.asked('lookup').filter((one) => one.path === path).length;

/** Once, twice, 3 times. */
export const times = (count: number): string =>
  ['never', 'once', 'twice'][count] ?? `${count} times`;

/** What the translator itself has logged at a level, in order. */
export const logged = (g: TestGraph, level: string): string[] =>
  g.log.filter((line) => line.level === level && isScript(line.file)).map(({ text }) => text);

/** A text with its names between backticks as a language has them. */
export const inLanguage = (text: string, language: LessonLanguage): string =>
  text.replace(/`[^`\n]+`/g, lessonLanguages[language].code);
