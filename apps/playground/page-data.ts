/** Defines the types of the JSON data that the build embeds in the playground's page. */
import type { LessonLanguage } from '../course/lessons/check.ts';

/** A script that the page loads: one part of the interpreters, the lessons or the worker. */
export interface PartData {
  /**
   * The name by which an interpreter requests the part. Two names are special: `texts` is a JSON
   * object with the interpreters' text files by name, and `worker` is the worker's program.
   */
  readonly name: string;
  /** Path below the page. */
  readonly file: string;
}

/** The explanation of an argument, or of a part of a reply. */
export interface ArgumentHelp {
  readonly name: string;
  readonly description: string;
}

/** The explanation of a fop. */
export interface FopHelp {
  readonly name: string;
  /** A sentence about the fop. */
  readonly description: string;
  readonly args: readonly ArgumentHelp[];
  readonly reply: readonly ArgumentHelp[];
}

/** The explanation of an option. */
export interface OptionHelp {
  readonly key: string;
  /** Type of the value, as in the reference: `bool`, `time`. */
  readonly type: string;
  /** The default as a volfile has it; null without one. */
  readonly default: string | null;
  /** The possible values; empty if there are too many to list. */
  readonly values: readonly string[];
  readonly description: string;
}

/** The explanation of a type of translators. */
export interface TranslatorTypeHelp {
  /** The type in a volfile: `features/negative`. */
  readonly type: string;
  readonly description: string;
  readonly options: readonly OptionHelp[];
}

/** The explanation of a member of an object. */
export interface MemberHelp {
  readonly name: string;
  /** Arguments with brackets; '' for members that are not functions. */
  readonly args: string;
  /** Type of the member, or of the result of a call. */
  readonly type: string;
  /** Sentences, a line for each paragraph. */
  readonly description: string;
}

/** The objects that modules of a language use, for completion after a dot. */
export interface ModuleHelp {
  /** Names of classes by the usual names of variables: `{ loc: 'Loc' }`. */
  readonly names: Readonly<Record<string, string>>;
  /** The members of each class, by its name. */
  readonly classes: Readonly<Record<string, readonly MemberHelp[]>>;
}

/** Words that the editor completes, and explains on hover. */
export interface EditorHelp {
  readonly fops: readonly FopHelp[];
  readonly python: ModuleHelp;
  readonly javascript: ModuleHelp;
  readonly types: readonly TranslatorTypeHelp[];
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

/** A lesson in all languages. */
export interface LessonData {
  /** Name of the folder: `3-fop`. */
  readonly name: string;
  readonly title: string;
  readonly variants: Readonly<Record<LessonLanguage, LessonVariant>>;
}

/** All data that the page has from the start. */
export interface PageData {
  /** Version of glossa. */
  readonly version: string;
  /** The parts of the interpreters, and the worker's program. */
  readonly parts: readonly PartData[];
  /** The lessons, loaded on first use: `LessonData[]` as JSON. */
  readonly lessons: PartData;
  readonly editorHelp: EditorHelp;
  /** Files of the example, for a page without stored files and without a link. */
  readonly files: FileTexts;
  /** A shell line that demonstrates these files; the page runs it once. */
  readonly demoCommand: string;
}
