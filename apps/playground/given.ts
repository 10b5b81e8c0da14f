/** Data that the page of the playground holds, as JSON. */
import type { LessonLanguage } from '../course/lessons/check.ts';

export interface GivenPart {
  /** The name that the interpreters ask for it by; of several together, `texts`; `worker`. */
  readonly name: string;
  /** Where it is, below the page. */
  readonly file: string;
}

/** An argument, or a part of a reply. */
export interface ArgWords {
  readonly name: string;
  readonly what: string;
}

export interface FopWords {
  readonly name: string;
  /** A sentence. */
  readonly what: string;
  readonly args: readonly ArgWords[];
  readonly reply: readonly ArgWords[];
}

export interface OptionWords {
  readonly key: string;
  readonly type: string;
  /** As a volfile has it; null without one. */
  readonly default: string | null;
  readonly values: readonly string[];
  readonly what: string;
}

export interface TypeWords {
  readonly type: string;
  readonly what: string;
  readonly options: readonly OptionWords[];
}

/** What an object has. */
export interface MemberWords {
  readonly name: string;
  /** With its brackets; '' for what is not called. */
  readonly args: string;
  /** What it is, or what a call of it gives. */
  readonly type: string;
  /** Sentences, a line for each paragraph. */
  readonly what: string;
}

/** The objects that modules of a language meet. */
export interface ModuleWords {
  /** Their classes, by the names that variables have. */
  readonly names: Readonly<Record<string, string>>;
  readonly classes: Readonly<Record<string, readonly MemberWords[]>>;
}

/** What completion and hover know. */
export interface Words {
  readonly fops: readonly FopWords[];
  readonly python: ModuleWords;
  readonly javascript: ModuleWords;
  readonly types: readonly TypeWords[];
}

/** In the order in which somebody would read them. */
export type FileTexts = Readonly<Record<string, string>>;

/** A lesson in one language. */
export interface LessonVariant {
  /** The text, without title, task and hints. */
  readonly html: string;
  /** The learner's task, in HTML. */
  readonly task: string;
  /** Each in HTML. */
  readonly hints: readonly string[];
  /** What the learner writes: `/fop.py`. */
  readonly module: string;
  /** What the learner begins with: the module, a volfile, tests. */
  readonly files: FileTexts;
  /** Of the module. */
  readonly solution: string;
}

export interface GivenLesson {
  /** `3-fop`, as in its folder. */
  readonly name: string;
  readonly title: string;
  readonly variants: Readonly<Record<LessonLanguage, LessonVariant>>;
}

export interface GivenPage {
  readonly version: string;
  readonly parts: readonly GivenPart[];
  /** The lessons, which are loaded once somebody wants one: `GivenLesson[]` as JSON. */
  readonly lessons: GivenPart;
  readonly words: Words;
  /** What it begins with, where nothing was kept and no link says otherwise. */
  readonly files: FileTexts;
  /** A line of the shell that shows what these files do: it is carried out once. */
  readonly line: string;
}
