/**
 * Tests of the data guard: no data bypasses a module that defines readv or writev, as the host
 * replies to other fops that carry data.
 */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { ENXIO, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { fops } from '../../../runtime/core/fops.ts';
import { type FopName, type FopTable, fail } from '../../../runtime/core/gen/fops.gen.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { CONTENT } from '../../../runtime/core/xdata.ts';
import {
  hostedLanguage,
  isolatedLanguage,
  type Language,
  nativeLanguage,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { canCompile, compileText, nativeFile } from '../../support/native.ts';
import { makeSized } from '../bridge/requests.ts';

type Body = 'writes' | 'reads' | 'looks' | 'more' | 'names' | 'any' | 'both';

/** A language's modules, by their bodies. */
interface Written {
  readonly language: Language;
  readonly file: string;
  readonly around: (body: string) => string;
  readonly bodies: Readonly<Partial<Record<Body, string>>>;
}

const python: Written = {
  language: hostedLanguage,
  file: 'm.py',
  around: (body) => `from glupy import *\nclass xlator(Translator):\n${body}`,
  bodies: {
    writes: ' def writev(self, frame, *args):\n  frame.wind()\n',
    reads: ' def readv_cbk(self, frame, *reply):\n  frame.unwind(*reply)\n',
    looks: ' observes = True\n def writev(self, frame, *args):\n  frame.wind()\n',
    any: ' def any_fop(self, frame, *args):\n  frame.wind()\n',
    both: ' def any_fop(self, frame, *args):\n  frame.wind()\n readv = any_fop\n def entry_created(self, *args):\n  pass\n',
    more: ' def lookup(self, frame, *args):\n  frame.wind()\n writev = seek = fallocate = lookup\n',
    names: ' def lookup(self, frame, *args):\n  frame.wind()\n',
  },
};
const javascript: Written = {
  language: hostedLanguage,
  file: 'm.js',
  around: (body) =>
    `import { Translator } from 'glossa';\nexport class xlator extends Translator {\n${body}}`,
  bodies: {
    writes: ' writev(frame) { frame.wind(); }\n',
    reads: ' readvCbk(frame, ...reply) { frame.unwind(...reply); }\n',
    looks: ' static observes = true;\n writev(frame) { frame.wind(); }\n',
    any: ' anyFop(frame) { frame.wind(); }\n',
    both: ' anyFop(frame) { frame.wind(); }\n readv(frame) { frame.wind(); }\n entryCreated() {}\n',
    more: ' writev(f) { f.wind(); }\n seek(f) { f.wind(); }\n fallocate(f) { f.wind(); }\n lookup(f) { f.wind(); }\n',
    names: ' lookup(frame) { frame.wind(); }\n',
  },
};
const on = (...names: FopName[]): string =>
  names.map((name) => `${name}(f, xl, ...a) { tail.${name}(f, xl.children[0], ...a); }`).join(', ');
const typescript: Written = {
  language: nativeLanguage('.ts'),
  file: 'm.ts',
  around: (body) => `import { tail } from 'glossa';
export default { type: 'test/m', description: 'M.', children: [1, 1], options: {}, init: () => null,
  ${body} };`,
  bodies: {
    writes: `fops: { ${on('writev')} }`,
    reads: `fops: () => ({ ${on('readv')} })`,
    looks: `observes: true, fops: { ${on('writev')} }`,
    more: `fops: { ${on('writev', 'seek', 'fallocate', 'lookup')} }`,
    names: `fops: { ${on('lookup')} }`,
  },
};
/** A C module with a function for each fop. */
const c = (needs: string, ...names: readonly (readonly [FopName, string, string])[]): string =>
  `${names
    .map(
      ([name, parameters, args]) =>
        `static void ${name}(glossa_frame_t *frame, xlator_t *this, ${parameters})
{ tail_${name}(frame, this->child, ${args}); }`,
    )
    .join('\n')}
struct glossa_translator glossa_translator = {.needs = ${needs}, .fops = {${names
    .map(([name]) => `.${name} = ${name}`)
    .join(', ')}}};`;
const WRITEV = [
  'writev',
  'fd_t *fd, const data_t *vector, int64_t offset, int64_t flags, dict_t *xdata',
  'fd, vector, offset, flags, xdata',
] as const;
const LOOKUP = ['lookup', 'const loc_t *loc, dict_t *xdata', 'loc, xdata'] as const;
const inC: Written = {
  language: nativeFile,
  file: 'm.c',
  around: (body) => `#define GLOSSA_TRANSLATOR\n#include "glossa.h"\n${body}\n`,
  bodies: {
    writes: c('0', WRITEV),
    looks: c('GLOSSA_OBSERVES', WRITEV),
    more: c(
      '0',
      WRITEV,
      LOOKUP,
      ['seek', 'fd_t *fd, int64_t offset, int64_t what, dict_t *xdata', 'fd, offset, what, xdata'],
      [
        'fallocate',
        'fd_t *fd, int64_t mode, int64_t offset, int64_t len, dict_t *xdata',
        'fd, mode, offset, len, xdata',
      ],
    ),
    names: c('0', LOOKUP),
  },
};

const languages: Readonly<Record<string, Written>> = {
  Python: python,
  JavaScript: javascript,
  'JavaScript in a thread': { ...javascript, language: isolatedLanguage },
  TypeScript: typescript,
  ...(canCompile ? { C: inC } : {}),
};

const start = (
  { language, file, around, bodies }: Written,
  which: Body,
): Promise<RunningModule> => {
  const text = around(bodies[which]!);
  if (language !== nativeFile) return startModule({ [file]: text }, { language });
  const folder = compileText(`guard-${which}`, text).replace(/\/[^/]*$/, '');
  return startModule(folder, { language, name: `guard-${which}` });
};

const PAST = fops.filter(({ data }) => data === 'past').map(({ name }) => name);

/** Arguments of the fops that carry data past readv and writev. */
function makeArguments(run: RunningModule): { readonly [N in FopName]?: FopTable[N]['args'] } {
  const fd = new Fd(run.root, 2, 1);
  return {
    copy_file_range: [fd, 0, fd, 10, 5, 0, null],
    put: [run.absentLoc('new'), 0o644, 0, 0, new Uint8Array(1), 0, null, null],
    fallocate: [fd, 0, 0, 10, null],
    zerofill: [fd, 0, 10, null],
    discard: [fd, 0, 10, null],
    rchecksum: [fd, 0, 10, null],
    seek: [fd, 0, 0, null],
  };
}

/** The requests that reach the child. */
function findPassed(run: RunningModule): string[] {
  return Object.entries(makeArguments(run)).flatMap(([name, fopArgs]) => {
    const reply = run.ask(name as FopName, ...(fopArgs as never));
    const requests = run.takeRequests();
    for (const held of requests) fail[held.name](held.frame, EOPNOTSUPP);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EOPNOTSUPP });
    return requests.map((held) => held.name);
  });
}

/** Fops that may return content, and that ask the child for it. */
function findContentFops(run: RunningModule): string[] {
  const asks = {
    lookup: run.absentLoc('f'),
    stat: run.knownLoc('g'),
    readdirp: new Fd(run.root, 0, 1, true),
  };
  return Object.entries(asks).flatMap(([name, subject]) => {
    const xdata = new Dict().set('other', 1).set(CONTENT, 64);
    const between = name === 'readdirp' ? [4096, 0] : [];
    run.ask(name as FopName, ...([subject, ...between, xdata] as never));
    const [held] = run.takeRequests();
    fail[held!.name](held!.frame, EOPNOTSUPP);
    expect([...xdata.keys()]).toEqual(['other', CONTENT]);
    const keys = [...(held!.args.at(-1) as Dict).keys()];
    expect(keys).toContain('other');
    return keys.includes(CONTENT) ? [name] : [];
  });
}

it('the tests of the data guard cover every fop that carries data besides readv and writev', async () => {
  const run = await start(typescript, 'writes');
  expect(Object.keys(makeArguments(run)).sort()).toEqual([...PAST, 'seek'].sort());
});

describe.each(Object.entries(languages))('the guard of changed data in %s', (_, written) => {
  const all = [...PAST, 'seek'].sort();
  const cases: readonly (readonly [Body, readonly string[], guards: boolean])[] = [
    ['writes', ['fstat'], true],
    ['reads', ['fstat'], true],
    ['both', ['fstat'], true],
    ['more', ['fallocate', 'seek'], true],
    ['looks', all, false],
    ['any', all, false],
    ['names', all, false],
  ];
  const here = cases.filter(([which]) => written.bodies[which] !== undefined);

  it.each(here)(
    "lets a module of kind '%s' pass only the fops %j to the child (guarded: %s)",
    async (...row) => {
      const [which, passed, guards] = row;
      const run = await start(written, which);
      const notices = run.takeLines().filter((line) => line.includes('this volume changes data'));
      expect(notices.length).toBe(guards ? 1 : 0);
      expect(run.xl.isGuarded).toBe(guards);
      expect(findPassed(run).sort()).toEqual(passed);
      expect(findContentFops(run)).toEqual(guards ? [] : ['lookup', 'stat', 'readdirp']);
      run.expectSettled();
    },
  );
});

describe('seek on a volume that changes data', () => {
  it.each([
    [0, 0, 0],
    [99, 0, 99],
    [0, 1, 100],
    [99, 1, 100],
    [100, 0, null],
    [100, 1, null],
  ])(
    'from offset %d with whence %d in a file of 100 bytes returns %s',
    async (offset, whence, position) => {
      const run = await start(typescript, 'writes');
      const reply = run.ask('seek', new Fd(run.root, 0, 1), offset, whence, null);
      run.takeRequests()[0]!.answer(0, 0, makeSized(100), null);
      if (position === null) expect(reply).toMatchObject({ opRet: -1, opErrno: ENXIO });
      else expect(reply).toMatchObject({ opRet: 0, values: [position, null] });
      run.expectSettled();
    },
  );
});
