/** Defines the types of the JSON data that the build embeds in the playground's page. */
import type { LessonLanguage } from '../course/lessons/check.ts';

/** A script that the page loads: one part of the interpreters, the lessons or the worker. */
export interface PartData {
  /**
   * The name by which an interpreter requests the part. Two are special: `texts` has all parts that
   * are texts, and `worker` is the worker's program.
   */
  readonly name: string;
  /** Path below the page. */
  readonly file: string;
}

/** An argument, or a part of a reply. */
export interface ArgWords {
  readonly name: string;
  readonly description: string;
}

export interface FopWords {
  readonly name: string;
  /** A sentence about the fop. */
  readonly description: string;
  readonly args: readonly ArgWords[];
  readonly reply: readonly ArgWords[];
}

export interface OptionWords {
  readonly key: string;
  readonly type: string;
  /** The default as a volfile has it; null without one. */
  readonly default: string | null;
  readonly values: readonly string[];
  readonly description: string;
}

export interface TypeWords {
  readonly type: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
}

/** A member of an object. */
export interface MemberWords {
  readonly name: string;
  /** Arguments with brackets; '' for members that are not functions. */
  readonly args: string;
  /** Type of the member, or of the result of a call. */
  readonly type: string;
  /** Sentences, a line for each paragraph. */
  readonly description: string;
}

/** The objects that modules of a language use, for completion after a dot. */
export interface ModuleWords {
  /** The class of a variable, by the variable's usual name: `Loc` by `loc`. */
  readonly names: Readonly<Record<string, string>>;
  readonly classes: Readonly<Record<string, readonly MemberWords[]>>;
}

/** Words that the editor completes, and explains on hover. */
export interface Words {
  readonly fops: readonly FopWords[];
  readonly python: ModuleWords;
  readonly javascript: ModuleWords;
  readonly types: readonly TypeWords[];
}

/** Texts by path, in reading order. */
export type FileTexts = Readonly<Record<string, string>>;

/** A lesson in one language. */
export interface LessonVariant {
  /** The text, without title, task and hints. */
  readonly html: string;
  /** The learner's task, in HTML. */
  readonly task: string;
  /** Hints in HTML. */
  readonly hints: readonly string[];
  /** Path of the learner's module: `/fop.py`. */
  readonly module: string;
  /** Files at the start: the module, a volfile, tests. */
  readonly files: FileTexts;
  /** The solution's text of the module. */
  readonly solution: string;
}

export interface LessonData {
  /** Name of the folder: `3-fop`. */
  readonly name: string;
  readonly title: string;
  readonly variants: Readonly<Record<LessonLanguage, LessonVariant>>;
}

export interface PageData {
  readonly version: string;
  readonly parts: readonly PartData[];
  /** The lessons, loaded on first use: `LessonData[]` as JSON. */
  readonly lessons: PartData;
  readonly words: Words;
  /** Files of the example, for a page without stored files and without a link. */
  readonly files: FileTexts;
  /** A shell line that demonstrates these files; the page runs it once. */
  readonly line: string;
}
