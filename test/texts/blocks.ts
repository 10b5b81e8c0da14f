/**
 * Finds the blocks of code in a text: fenced ones, and those indented by four columns below an
 * empty line. Pure; `plan.ts` reads the texts.
 */

export interface Block {
  /** The text, from the top of the repository. */
  readonly page: string;
  /** The number of its first line of code. */
  readonly line: number;
  /** The language behind the fence, or ''. */
  readonly language: string;
  /** Without the indentation of the whole. */
  readonly text: string;
  /** The marks in comments before it. */
  readonly marks: readonly Mark[];
  /** The heading of the second level that it stands below, with its `## `; '' above all of them. */
  readonly heading: string;
}

/**
 * A comment before a block that takes it, or one of its commands, out of the page's run:
 * `<!-- not run: REASON -->`, `<!-- tested by: FILE -->`, `<!-- 'COMMAND' not run: REASON -->`.
 */
export interface Mark {
  /** The command; undefined for the whole block. */
  readonly command: string | undefined;
  /** The reason, or the file of another test. */
  readonly exception: { readonly not: string } | { readonly by: string };
}

const MARK = /<!-- (?:'(.+?)' )?(not run|tested by): ([^>]+?) -->/;
/** The marks at the end of a text, with nothing but white space between them. */
const LAST_MARKS = new RegExp(`(?:${MARK.source}\\s*)+$`);

const findMarks = (before: string): Mark[] =>
  [...(LAST_MARKS.exec(before)?.[0] ?? '').matchAll(new RegExp(MARK, 'g'))].map(
    ([, command, kind, text]) => {
      const reason = text!.replace(/\s+/g, ' ');
      return { command, exception: kind === 'not run' ? { not: reason } : { by: reason } };
    },
  );

/** The test of a block. */
export type BlockTest = 'commands' | 'volfile' | 'program' | 'shown';

/** A fenced block at any depth of a list, or an indented one. */
const BLOCK = /^( *)```([\w-]*)[^\n]*\n(.*?)^\1```$|(?<=^\n)((?: {4}[^\n]*\n|\n(?= {4}))+)/gms;

export function findBlocks(page: string, markdown: string): Block[] {
  return [...markdown.matchAll(BLOCK)].flatMap((match) => {
    const [, margin, language = '', fenced, indented] = match;
    const before = markdown.slice(0, match.index);
    // Indented lines of a list are a part of its item.
    if (indented !== undefined && /^(?:[-*]|\d+\.) .*\n(?: +.*\n|\n)*$/m.test(lastPart(before))) {
      return [];
    }
    const start = before.split('\n').length;
    return {
      page,
      line: fenced === undefined ? start : start + 1,
      language,
      text: dedent(fenced ?? indented!, fenced === undefined ? 4 : margin!.length),
      marks: findMarks(before),
      heading: before.match(/^## .*$/gm)?.at(-1) ?? '',
    };
  });
}

/** From the last line on that begins in the first column. */
const lastPart = (text: string): string =>
  /(?:^|\n)(\S[^\n]*\n(?: [^\n]*\n|\n)*)$/.exec(text)?.[1] ?? '';

const dedent = (text: string, columns: number): string =>
  text.replace(new RegExp(`^ {1,${columns || 1}}`, 'gm'), (margin) =>
    columns === 0 ? margin : '',
  );

const PROGRAMS = ['python', 'js', 'ts', 'c'];

export function chooseTest({ language, text }: Block): BlockTest {
  if (PROGRAMS.includes(language)) return 'program';
  if (['sh', 'console'].includes(language) || /^(\$ |glossa |npm run )/.test(text))
    return 'commands';
  return /^ *volume \S+$/m.test(text) ? 'volfile' : 'shown';
}

export interface Command {
  readonly line: number;
  /** The typed command, with its further lines. */
  readonly text: string;
  /** The output below the command; undefined in a block of commands alone. */
  readonly output: string | undefined;
}

/** The commands of a block. If some begin with `$ `, the other lines are their output. */
export function findCommands({ text, line }: Block): Command[] {
  const lines = text.trimEnd().split('\n');
  const isSession = lines[0]!.startsWith('$ ');
  const begins = (at: number): boolean =>
    isSession
      ? lines[at]!.startsWith('$ ')
      : /^[^\s#]/.test(lines[at]!) && !(lines[at - 1] ?? '').endsWith('\\');
  const starts = lines.flatMap((_, at) => (begins(at) ? [at] : []));
  return starts.map((at, number) => {
    const [first, ...others] = lines.slice(at, starts[number + 1]);
    return isSession
      ? {
          line: line + at,
          text: first!.slice(2),
          output: others.map((line) => `${line}\n`).join(''),
        }
      : { line: line + at, text: [first, ...others].join('\n').trimEnd(), output: undefined };
  });
}

/** A command without the remark behind it. */
export const withoutRemark = (command: string): string => command.replace(/\s+# .*$/, '');
