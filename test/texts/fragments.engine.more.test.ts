/**
 * Tests of the program fragments in the lessons: those of a text, put into one class, start and
 * pass a lookup without a warning.
 */
import { describe, expect, it } from 'vitest';
import { startModule } from '../support/module.ts';
import { pages, readBlocks } from './plan.ts';

interface Around {
  readonly file: string;
  /** The start of a class whose lookup may hide names that are listed. */
  readonly head: string;
  /** The init method, unless a fragment has one. */
  readonly init: string;
  readonly lookup: string;
  readonly tail: string;
}

const around: Readonly<Record<'python' | 'js', Around>> = {
  python: {
    file: 'm.py',
    head: 'from glupy import ENOENT, Option, Translator\n\n\nclass xlator(Translator):\n    observes = True\n\n',
    init: '    def init(self):\n        self.absent = set()\n        self.made = 0\n',
    lookup: '    def lookup(self, frame, loc, xdata):\n        if loc.name is not None:\n',
    tail: '',
  },
  js: {
    file: 'm.js',
    head: "import { ENOENT, Option, Translator } from 'glossa';\n\nexport class xlator extends Translator {\n  static observes = true;\n",
    init: '  init() {\n    this.absent = new Set();\n    this.made = 0;\n  }\n',
    lookup: '  lookup(frame, loc) {\n    if (loc.name !== null)\n',
    tail: '}\n',
  },
};

/** Statements of a method, deeper than one. */
const isStatement = (text: string, language: string): boolean =>
  /^ */.exec(text)![0].length > (language === 'python' ? 4 : 2);

function joinParts(parts: readonly string[], language: 'python' | 'js'): string {
  const { head, init, lookup, tail } = around[language];
  const methods = parts.map((text) => {
    if (!isStatement(text, language)) return text;
    return `${lookup}${text}${language === 'js' ? '    frame.wind();\n  }\n' : '        frame.wind()\n'}`;
  });
  const all = methods.join('\n');
  return head + (/\binit\(/.test(all) ? '' : `${init}\n`) + all + tail;
}

const languages = ['python', 'js'] as const;

const programs = pages.flatMap((page) =>
  languages.flatMap((language) => {
    const blocks = readBlocks(page).filter((block) => block.language === language);
    const parts = blocks.map(({ text }) => text).filter((text) => /^ /.test(text));
    return parts.length === 0 ? [] : [[page, language, joinParts(parts, language)] as const];
  }),
);

describe('fragments of programs in the lessons', () => {
  it('number more than ten', () => expect(programs.length).toBeGreaterThan(10));

  it.each(programs)('start together and pass a lookup: %s, in %s', async (_, language, text) => {
    const run = await startModule({ [around[language].file]: text });
    const findComplaints = () => run.takeLines().filter((line) => /^[EWC] /.test(line));
    expect(findComplaints()).toEqual([]);
    run.leaf.onRequest = (held) => held.answer(-1, 2, null, null, null, null);
    expect(run.ask('lookup', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: 2 });
    expect(findComplaints()).toEqual([]);
    run.expectSettled();
  });
});
