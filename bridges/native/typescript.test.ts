import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connect } from '../../runtime/api/driver.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import * as runtime from '../../runtime/index.ts';
import { FakeContext, makeAttributes, makeGfid } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import {
  makeModuleGraph,
  nativeLanguage,
  type RunningModule,
  startModule,
} from '../../test/support/module.ts';
import { rows } from '../../test/support/rows.ts';

const language = nativeLanguage('.ts');

/** The text of a module whose record has these fields besides the required ones. */
const record = (more: string, head = ''): string => `${head}
export default {
  type: 'test/mine',
  description: 'A module.',
  children: [1, 1],
  options: {},
  fops: {},
  init: () => null,
  ${more}
};
`;

const start = (files: Readonly<Record<string, string>>, options: Record<string, string> = {}) =>
  startModule(files, { language, options });

/** The errors that refuse a module, without its folder. */
async function refusal(
  files: Readonly<Record<string, string>>,
  settings: { options?: Record<string, string>; name?: string | null; leaves?: number } = {},
): Promise<string[]> {
  const folder = makeFolder(files);
  const run = makeModuleGraph(folder, { language, ...settings });
  return (await run.findStartProblems()).map((text) => text.replaceAll(folder, 'HERE'));
}

const PLACE = "test.vol:1:1: volume 'top' (features/native): ";

describe('a TypeScript module', () => {
  it('imports glossa, sibling files and Node modules, with its types stripped', async () => {
    const run = await start({
      'm.ts': `
        import { basename } from 'node:path';
        import { type Cbk, Dict, defineTranslator, type Fop, unwind, wind } from 'glossa';
        import { key } from './lib/key.ts';
        import { value } from './lib/value.js';
        type State = { readonly seen: string[] };
        const stat: Fop<'stat', State> = (frame, xl, loc, xdata) => {
          xl.priv.seen.push(loc.name!);
          wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
        };
        const statCbk: Cbk<'stat', State> = (frame, _cookie, xl, opRet, opErrno, buf) => {
          const pairs = { [key]: value, seen: xl.priv.seen.join(), file: basename(import.meta.url) };
          unwind.stat(frame, opRet, opErrno, buf, Dict.of(pairs));
        };
        export default defineTranslator<State, Record<string, never>>({
          type: 'test/mine', description: 'A module.', children: [1, 1], options: {},
          fops: { stat }, init: () => ({ seen: [] }),
        });`,
      'lib/key.ts': `import { value } from './value.ts';
        export const key: string = 'k' + value.length;`,
      'lib/value.ts': `export const value = 'v' as const;`,
    });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, makeAttributes(makeGfid(1)), null);
    const dict = reply.values[1] as Dict;
    expect([...dict.keys()].map((key) => [key, dict.get(key)])).toEqual([
      ['k1', 'v'],
      ['seen', 'a'],
      ['file', 'm.ts'],
    ]);
    // The classes are the runtime's own, so objects pass between modules.
    expect(dict).toBeInstanceOf(Dict);
    run.expectSettled();
  });

  it.each(['.mts', '.js', '.mjs'])('may have the extension %s', async (extension) => {
    const text = record('dump: () => ({ a: 1 }),', "import { ENOENT } from 'glossa';");
    const run = await startModule(
      { [`m${extension}`]: text },
      { language: nativeLanguage(extension) },
    );
    const dump = run.xl.translator.dump!(run.xl);
    expect(dump).toEqual({ module: expect.stringMatching(/\/m\.\w+$/), a: 1 });
  });

  it('is found in the folder of the volfile', async () => {
    const context = Object.assign(new FakeContext(), {
      baseDir: makeFolder({ 'm.ts': record('') }),
    });
    const options = { 'module-path': 'm.ts' };
    const run = makeModuleGraph(
      {},
      { name: null, language, context: context as FakeContext, options },
    );
    await run.graph.start();
    expect(run.takeLines().join()).toContain('/m.ts loaded: no fops');
    await run.graph.stop();
  });

  it('has its own state in each volume', async () => {
    const folder = makeFolder({
      'm.ts': `let count = 0;\n${record('init() { count += 1; return count; },')}`,
    });
    const [a, b] = [
      await startModule(folder, { language }),
      await startModule(folder, { language }),
    ];
    expect([a.xl.priv, b.xl.priv]).toEqual([1, 1]);
  });

  it('is called directly for the fops that it defines, and skipped for all others', async () => {
    const text = record('fops: { stat: function mine(frame) { fail.stat(frame, ENOENT); } },');
    const run = await start({ 'm.ts': `import { ENOENT, fail } from 'glossa';\n${text}` });
    const { links, xlators } = run.graph;
    expect(links.readv.xl).toBe(xlators[0]);
    expect([links.stat.xl, links.stat.fop.name]).toEqual([run.xl, 'mine']);
  });

  it('logs with the line numbers of its TypeScript source', async () => {
    const text = "import type { Xlator } from 'glossa';\ninterface A {\n  b: number;\n}\n";
    const speak = "const speak = (xl: Xlator) =>\n  xl.log.info('here');\n";
    const run = await start({ 'm.ts': `${text}${speak}${record('init: speak,')}` });
    expect(run.takeLines()).toContainEqual(
      expect.stringMatching(/ \[m\.ts:6:speak\] 0-top: here$/),
    );
  });
});

describe('the error message of a TypeScript module', () => {
  it.each([
    [
      'a syntax error',
      { 'm.ts': 'const a = 1;\nconst b: = 2;\n' },
      'HERE/m.ts:2:10: SyntaxError: ',
    ],
    [
      'a syntax error in an imported file',
      { 'm.ts': "import './b.ts';", 'b.ts': '\n\n)' },
      'HERE/b.ts:3:1: Sy',
    ],
    ['a redeclaration', { 'm.ts': 'const a = 1;\nconst a = 2;' }, 'HERE/m.ts:2: SyntaxError: '],
    ['an exception', { 'm.ts': 'const a: any = null;\na.b();' }, 'HERE/m.ts:2: TypeError: Cannot'],
    [
      'an exception in an imported file',
      { 'm.ts': "import './b.mjs';", 'b.mjs': '\nthrow new RangeError("far")' },
      'HERE/b.mjs:2: RangeError: far',
    ],
    [
      'the import of a missing file',
      { 'm.ts': "\nimport x from './y.ts';\nx();" },
      "HERE/m.ts:2: Error: there is no file './y.ts'",
    ],
    [
      'an import without extension',
      { 'm.ts': "import { y } from './y';\ny();", 'y.ts': 'export const y = 1;' },
      "HERE/m.ts:1: Error: there is no file './y'; did you mean './y.ts'?",
    ],
    [
      'the import of a missing package',
      { 'm.ts': "import x from 'nowhere-to-be';\nx();" },
      "HERE/m.ts:1: Error: Cannot find module 'nowhere-to-be'",
    ],
    [
      "the import of a name that 'glossa' lacks",
      { 'm.ts': "import { wynd } from 'glossa';\n\nwynd.stat();" },
      "HERE/m.ts:3: 'glossa' has no 'wynd' (did you mean 'wind'?)",
    ],
    [
      'a top-level await',
      { 'm.ts': '\nawait null;' },
      'HERE/m.ts:2: SyntaxError: await is only valid in async functions and the top level bodies of modules; await in init instead',
    ],
  ])('names file and line of %s', async (_, files, text) => {
    const [problem, ...more] = await refusal(files as Record<string, string>);
    expect(more).toEqual([]);
    expect(problem!.slice(0, PLACE.length + text.length)).toBe(PLACE + text);
  });

  it('is the text of an InitError that init throws', async () => {
    const text = "init() {\n throw new InitError('no disk'); },";
    const files = { 'm.ts': record(text, "import { InitError } from 'glossa';") };
    expect(await refusal(files)).toEqual([`${PLACE}no disk`]);
  });
});

describe('the check of the translator that a TypeScript module exports', () => {
  it.each(rows`
default export (none) ⇒ export const a = 1;
  ⇒ the default export must be a translator (it is missing):
default export (a number) ⇒ export default 7; ⇒ the default export must be a translator (it is 7):
type ⇒ type: 'mine', ⇒ field 'type' is "mine": it must be 'category/name',
description ⇒ description: undefined, ⇒ field 'description' is missing: it must be
children ⇒ children: 1, ⇒ field 'children' is 1: it must be [least, most],
range of children ⇒ children: [2, 1], ⇒ field 'children' is [2,1]: it must be
options ⇒ options: [], ⇒ field 'options' is []: it must be a table of options
fops ⇒ fops: null, ⇒ field 'fops' is null: it must be an object of functions
init ⇒ init: undefined, ⇒ field 'init' is missing: it must be a function
notify ⇒ notify: 1, ⇒ field 'notify' is 1: it must be a function (xl, event, data)
name of a field ⇒ notfy() {}, ⇒ 'notfy' is no field of a translator (did you mean 'notify'?)
dataPath ⇒ dataPath: { keepsPages: true, own: 1 },
  ⇒ field 'dataPath.keepsPages' is true: it must be a function (xl, isTimed)
  ⇒ 'dataPath.own' is no field of a translator
name of a fop ⇒ fops: { lokup() {} }, ⇒ fops.lokup: there is no such fop (did you mean 'lookup'?)
fop ⇒ fops: { stat: ENOENT }, ⇒ fops.stat is 2: it must be a function (
option ⇒ options: { a: 1 }, ⇒ options.a is 1: it must be { type, description, … }
type of an option ⇒ options: { a: { type: 'tim', description: 'A.' } },
  ⇒ options.a.type is "tim" (did you mean 'time'?): it must be one of
default of an option ⇒ options: { a: { type: 'time', default: '1m', description: 'A.' } },
  ⇒ options.a.default is "1m": it must be a number, as its type is time
default, out of range ⇒ options: { a: { type: 'int', default: 0, min: 1, description: 'A.' } },
  ⇒ options.a.default 0 is below the minimum; it takes a whole number of at least 1
record, and names all its faults ⇒ type: 1, init: 2, fops: { a() {} }, ⇒ field 'type' ⇒ fops.a
  ⇒ field 'init'
`)('refuses a wrong %s', async (_, text, ...wanted) => {
    const source = text.startsWith('export')
      ? text
      : record(text, "import { ENOENT } from 'glossa';");
    const problems = await refusal({ 'm.ts': source });
    const found = problems.map((problem, at) =>
      problem.slice(0, 'HERE/m.ts: '.length + wanted[at]!.length),
    );
    expect(found).toEqual(wanted.map((one) => `HERE/m.ts: ${one}`));
  });

  it('refuses a function for fops that returns an unknown fop', async () => {
    const problems = await refusal({ 'm.ts': record('fops: () => ({ start() {} }),') });
    expect(problems).toEqual([
      "HERE/m.ts: fops.start: there is no such fop (did you mean 'stat'?)",
    ]);
  });
});

describe('the volume of a TypeScript module', () => {
  it.each([
    [{}, null, 'option module-path is missing: which file?'],
    [
      { 'module-path': 'm.rb' },
      null,
      "option module-path: 'm.rb' is not one of .ts, .mts, .js, .mjs",
    ],
    [{ 'module-path': '/no/m.ts' }, null, 'option module-path: there is no file /no/m.ts'],
  ])(
    'with options %j fails to start, and the message names the option',
    async (options, name, text) => {
      const [problem] = await refusal({}, { options, name });
      expect(problem).toContain(PLACE + text);
    },
  );

  it('fails to start if its number of subvolumes is not the one that the module declares', async () => {
    const problems = await refusal({ 'm.ts': record('') }, { leaves: 2 });
    expect(problems).toEqual([`${PLACE}HERE/m.ts: test/mine takes 1 subvolume, not 2`]);
  });

  it('fails to start if the module declares an option that features/native has itself', async () => {
    const own = "options: { 'module-path': { type: 'str', description: 'Mine.' } },";
    const problems = await refusal({ 'm.ts': record(own) });
    expect(problems).toEqual([
      `${PLACE}HERE/m.ts: option module-path belongs to features/native itself`,
    ]);
  });

  it('can be reconfigured with new values for the options that the module declares', async () => {
    const options = `options: {
      size: { type: 'sizet', default: 1, description: 'S.', reconfigurable: true },
      fixed: { type: 'int', default: 1, description: 'F.' },
    },
    init: (xl, values) => ({ values }),
    reconfigure(xl, values) { xl.priv.values = values; },`;
    const run = await start({ 'm.ts': record(options) }, { size: '2KB', fixed: '1' });
    const values = () => (run.xl.priv as unknown as { values: Record<string, unknown> }).values;
    expect(values()).toMatchObject({ size: 2048, fixed: 1 });
    run.reconfigure({ size: '3KB' });
    expect(values()).toMatchObject({ size: 3072, fixed: 1 });
    const changed: Record<string, string>[] = [{ size: 'x' }, { size: '4KB', fixed: '2' }];
    const refused = [
      /4:5: option 'size': 'x' /,
      /5:5: option 'fixed' cannot change while the volume/,
    ];
    for (const [at, changes] of changed.entries()) {
      expect(() => run.reconfigure(changes)).toThrow(refused[at]);
      expect(values()).toMatchObject({ size: 3072, fixed: 1 });
    }
    run.reconfigure({ size: '5KB' });
    expect(values()).toMatchObject({ size: 5120, fixed: 1 });
  });

  it("calls the module's functions forget, release, releasedir and fini", async () => {
    const hooks = ['forget', 'release', 'releasedir', 'fini'].map(
      (name) => `${name}(xl, _thing, value) { xl.log.info('${name} ' + value); },`,
    );
    const run = await start({ 'm.ts': record(hooks.join('\n')) });
    run.takeLines();
    const { inode } = run.knownLoc('a');
    inode!.ctxSet(run.xl, 'inode');
    const fds = [new Fd(inode!, 0, 1), new Fd(run.root, 0, 1, true)];
    fds.forEach((fd, at) => {
      fd.ctxSet(run.xl, at);
      fd.release();
    });
    await run.graph.stop();
    const said = run.takeLines().map((line) => line.slice(line.indexOf('0-top: ') + 7));
    expect(said).toEqual(['release 0', 'releasedir 1', 'forget inode', 'fini undefined']);
  });

  it('calls clientDisconnect and clientDestroy of the module when a client ends', async () => {
    const hooks = ['clientDisconnect', 'clientDestroy'].map(
      (name) =>
        `${name}(xl, client, value) { xl.log.info(\`${name} \${client.uid} \${value}\`); },`,
    );
    const run = await start({ 'm.ts': record(hooks.join('\n')) });
    const { initiator } = connect(run.graph);
    run.takeLines();
    const [one, two] = [initiator.connect('one'), initiator.connect('two')];
    one.ctxSet(run.xl, 'kept');
    one.disconnect();
    two.disconnect();
    const said = run.takeLines().map((line) => line.slice(line.indexOf('0-top: ') + 7));
    expect(said).toEqual([
      'clientDisconnect one undefined',
      'clientDestroy one kept',
      'clientDisconnect two undefined',
    ]);
    await run.graph.stop();
  });
});

describe('a reload of a TypeScript module', () => {
  /** Fails stat with an errno that two other files name, after the child has answered. */
  const files = {
    'm.ts': `import { type Cbk, defineTranslator, fail, type Fop, wind } from 'glossa';
      import { first } from './first.ts';
      import { second } from './second.json';
      interface State { readonly errno: number; count: number }
      const stat: Fop<'stat', State> = (frame, xl, loc, xdata) =>
        wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
      const statCbk: Cbk<'stat', State> = (frame, _cookie, xl) => {
        xl.priv.count += 1;
        fail.stat(frame, xl.priv.errno);
      };
      export default defineTranslator<State, Record<string, never>>({
        type: 'test/mine', description: 'A module.', children: [1, 1], options: {},
        fops: { stat }, init: () => ({ errno: first + second, count: 0 }),
        inherit(xl, before) { xl.priv.count = before.priv.count; },
        dump: ({ priv }) => ({ count: priv.count }),
        fini: (xl) => xl.log.info('ended'),
      });`,
    'first.ts': 'export const first: number = 10;',
    'second.json': '{ "second": 1 }',
  };
  const answer = (run: RunningModule) =>
    run.takeRequests()[0]!.answer(0, 0, makeAttributes(makeGfid(1)), null);
  const errnoOf = (run: RunningModule): number => {
    const reply = run.ask('stat', run.knownLoc('a'), null);
    answer(run);
    return reply.opErrno;
  };

  it('reads its imports again, and pending requests finish in the old code', async () => {
    const folder = makeFolder(files);
    const run = await startModule(folder, { language });
    const before = run.xl;
    const begun = run.ask('stat', run.knownLoc('a'), null);
    writeFileSync(join(folder, 'first.ts'), 'export const first = 20;');
    writeFileSync(join(folder, 'second.json'), '{ "second": 2 }');
    expect(await run.reload()).toEqual({ ok: true, text: 'reloaded' });
    answer(run);
    expect([begun.opErrno, errnoOf(run)]).toEqual([11, 22]);
    // The one before goes once it is idle; asked again, it does nothing.
    expect(await before.translator.reload!(before)).toEqual({ ok: true, text: 'reloaded' });
    await vi.waitFor(() => {
      run.context.advance(1000);
      expect(run.takeLines().join()).toMatch(/ended/);
    });
    expect(run.graph.xlators.length).toBe(2);
    run.expectSettled();
  });

  it('passes the state of the old code to the function inherit of the new code', async () => {
    const run = await startModule(files, { language });
    errnoOf(run);
    await run.reload();
    expect(run.dump()).toMatchObject({ count: 1 });
  });

  it("keeps the old code when the new one fails, and names the error's line", async () => {
    const folder = makeFolder(files);
    const run = await startModule(folder, { language });
    for (const [file, text, said] of [
      ['first.ts', 'export const first = ;', /first\.ts:1:22: SyntaxError/],
      ['first.ts', 'export const first = 1;\nthrow new Error("no");', /first\.ts:2: Error: no/],
      ['m.ts', 'export default 1;', /m\.ts: the default export must be a translator/],
    ] as const) {
      writeFileSync(join(folder, file), text);
      const { ok, text: why } = await run.reload();
      expect([ok, why]).toEqual([false, expect.stringMatching(said)]);
      expect(why).toMatch(/^not reloaded, the code before goes on: /);
      expect(why).not.toMatch(/dist|data:/);
      expect(errnoOf(run)).toBe(11);
    }
  });

  it('happens with option reload when the module or a file that it imports is saved', async () => {
    const folder = makeFolder({ ...files, 'other.ts': '' });
    const run = await startModule(folder, { language, options: { reload: 'on' } });
    writeFileSync(join(folder, 'first.ts'), 'export const first = 20;');
    await vi.waitFor(() => expect(errnoOf(run)).toBe(21), 20_000);
    writeFileSync(join(folder, 'm.ts'), files['m.ts'].replace('first + second', 'second'));
    await vi.waitFor(() => expect(errnoOf(run)).toBe(1), 20_000);
    // Two volumes were replaced; each has ended its watch, or is no part of the graph.
    expect(run.takeLines().filter((line) => line.endsWith(': reloaded')).length).toBe(2);
  });

  it('replaces each volume once if it is requested twice at the same time', async () => {
    const run = await startModule(files, { language });
    const [one, two] = await Promise.all([run.reload(), run.reload()]);
    expect([one, two]).toEqual([
      { ok: true, text: 'reloaded' },
      { ok: true, text: 'reloaded' },
    ]);
    expect(run.takeLines().filter((line) => line.endsWith(': reloaded')).length).toBe(1);
  });
});

describe("the import 'glossa'", () => {
  it('gives a TypeScript module the classes that the runtime itself uses', () => {
    expect([runtime.Dict, runtime.Loc, runtime.Iatt, runtime.Fd]).toEqual([Dict, Loc, Iatt, Fd]);
  });

  it('gives a TypeScript module the functions that translators need', () => {
    const names = 'defineTranslator defineOptions wind tail unwind fail pass collect windArgs Dict';
    for (const name of names.split(' ')) expect(runtime).toHaveProperty(name);
    expect(runtime.ENOENT).toBe(2);
    expect(Object.values(runtime)).not.toContain(undefined);
  });
});
