/**
 * Tests of authors' mistakes in JavaScript: the message names the module's file and line, and the
 * request is answered once.
 */
import { describe, expect, it } from 'vitest';
import { EIO, ENOENT, EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeModuleGraph, type RunningModule, startModule } from '../../support/module.ts';
import { rows } from '../../support/rows.ts';
import { makeSized, takeTexts } from '../bridge/requests.ts';

const module = (body: string, head = ''): Record<string, string> => ({
  'm.js': `import { Dirent, ENOENT, FopError, Loc, ROOT_GFID, Translator } from 'glossa';
${head}
export class xlator extends Translator {
  access(frame) { frame.fail(1); }
${body}
}`,
});

function expectWorks(run: RunningModule): void {
  expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
}

/** Mistake → the body, on line 5, and the log line. */
const mistakes = rows`
an exception ⇒ stat() { null.x; } ⇒ TypeError: cannot read property 'x' of null\n.*m\.js:5:
a thrown text ⇒ stat() { throw "text"; } ⇒ thrown: text
a thrown object
  ⇒ stat() { throw { code: "E", at: [1, null, -2n], "a b": { deep: { er: { x: 1 } } }, f() {} }; }
  ⇒ thrown: \{code: "E", at: \[1, null, -2n\], "a b": \{deep: \{er: \{…\}\}\}, f: \[function f\]\}$
a thrown instance of a class ⇒ stat() { throw new (class Odd { a = this; })(); }
  ⇒ thrown: Odd \{a: Odd \{a: Odd \{a: Odd \{…\}\}\}\}$
a thrown object with throwing getters
  ⇒ stat() { throw { get a() { throw 1; }, toString() { throw 2; }, toJSON() { throw 3; } }; }
  ⇒ thrown: \{a: \[getter\], toString: \[function toString\], toJSON: \[function toJSON\]\}$
a thrown Proxy ⇒ stat() { throw new Proxy({}, { getPrototypeOf() { throw 1; } }); }
  ⇒ stat failed: an error that cannot be shown
a very large thrown value
  ⇒ stat() { throw Array.from({ length: 1e3 }, () => ({ text: "x".repeat(1e4) })); }
  ⇒ thrown: \[\{text: "x{900,1000}…$
a thrown undefined ⇒ stat() { throw undefined; } ⇒ thrown: undefined
an error with a cause ⇒ stat() { throw new Error("outer", { cause: new Error("inner") }); }
  ⇒ Error: outer\n.*caused by Error: inner
an error whose message throws
  ⇒ stat() { const e = new Error(); Object.defineProperty(e, "message", { get() { throw 1; } }); throw e; }
  ⇒ cannot be shown
a loc to nowhere ⇒ stat() { Loc.of({}); } ⇒ a loc needs a parent and a name
a gfid and a name ⇒ stat() { Loc.of({ gfid: ROOT_GFID, name: "a" }); }
  ⇒ name needs a parent: the Inode of the directory
a parent without a name ⇒ stat(_, loc) { Loc.of({ parent: loc.parent }); } ⇒ parent needs a name
an inode and the gfid of another ⇒ stat(_, { inode }) { Loc.of({ inode, gfid: ROOT_GFID }); }
  ⇒ a loc leads to one file: the gfid of inode is .*, not 0{8}-.*1
a name for a loc without a parent ⇒ stat() { Loc.of({ gfid: ROOT_GFID }).replace({ name: "a" }); }
  ⇒ name needs a parent
a second answer ⇒ stat(frame) { frame.fail(2); frame.unwind(0, 0, null, null); }
  ⇒ AlreadyAnswered: stat: answered twice
a wind after the answer ⇒ stat(frame) { frame.fail(2); frame.wind(); }
  ⇒ AlreadyAnswered: stat: wound after
a wind after a tail ⇒ stat(frame) { frame.wind(); frame.wind(); } ⇒ AlreadyAnswered
an invalid errno ⇒ stat(frame) { frame.fail(1000); } ⇒ RangeError: fail takes an errno
a failure without an errno ⇒ stat(frame) { frame.unwind(-1); } ⇒ opErrno must be one
an invalid opRet ⇒ stat(frame) { frame.unwind("0"); } ⇒ opRet must be an integer
too many arguments ⇒ stat(frame) { frame.wind(null, null, 3); }
  ⇒ takes 2 arguments \(loc, xdata\), not 3
a missing loc ⇒ stat(frame) { frame.wind(null, { a: 1 }); } ⇒ loc must not be None
a text for a loc ⇒ stat(frame) { frame.wind("a", null); } ⇒ loc must be Loc, not string
an invalid dict ⇒ stat(frame, loc) { frame.wind(loc, 7); }
  ⇒ xdata must be a Dict, a Map or an object
a value that no dict holds ⇒ stat(frame, loc) { frame.wind(loc, { a: null }); }
  ⇒ numbers, strings, Uint8Array and Iatt, not null
a fraction for an integer
  ⇒ stat(frame, loc) { frame.windTo({ fop: "readlink", cbk() {} }, loc, 0.5); }
  ⇒ size must be an integer
a number beyond 2^53
  ⇒ stat(frame, loc) { frame.windTo({ fop: "readlink", cbk() {} }, loc, 2 ** 60); } ⇒ below 2\^53
an invalid child ⇒ stat(frame) { frame.windTo({ child: {} }); } ⇒ one of this.children
an unknown fop ⇒ stat(frame) { frame.windTo({ fop: "chmod" }); } ⇒ chmod is no fop
another fop without a callback ⇒ stat(frame, loc) { frame.windTo({ fop: "readlink" }, loc, 1); }
  ⇒ needs a callback
an unknown field
  ⇒ stat(frame, loc, x) { new Dirent("a", 1, 8, { stat: 1 }).replace({ name: loc.nme.x }); }
  ⇒ Loc has no 'nme'; did you mean name\?
a promise of a plain method ⇒ stat() { return Promise.resolve(); } ⇒ make the method async
no reply from an async method ⇒ async stat() { return undefined; }
  ⇒ stat must return a Reply, or an object or array of buf, xdata, not undefined
a wrong reply from an async method ⇒ async stat() { return { inode: null }; }
  ⇒ a reply of stat has buf, xdata; not inode
the reply of another fop ⇒ async stat(frame, loc) { return await this.child.readlink(loc, 1); }
  ⇒ stat returned a reply of readlink
an async method that answers and returns
  ⇒ async stat(frame) { frame.fail(2); throw new Error("late"); }
  ⇒ failed after its answer: Error: late
`;

describe('a mistake in a JavaScript method', () => {
  it.each(mistakes)(
    'is logged with its line and fails the request: %s',
    async (name, body, message) => {
      const run = await startModule(module(body));
      run.takeLines();
      run.leaf.onRequest = (held) => {
        if (held.name === 'readlink') held.answer(1, 0, 'x', makeSized(1), null);
        else held.answer(0, 0, makeSized(1), null);
      };
      const reply = run.ask('stat', run.knownLoc('a'), null);
      expect(reply).toMatchObject({ count: 1, opRet: -1 });
      expect(reply.opErrno).toBe(name.includes('answers and returns') ? ENOENT : EIO);
      const text = run.takeLines().join('\n');
      expect(text).toMatch(new RegExp(message, 'm'));
      expect(text).toMatch(/^E \[m\.js:5:/);
      expectWorks(run);
      run.expectSettled();
    },
  );
});

describe('a mistake in a JavaScript class', () => {
  it.each(rows`
no class ⇒ export const a = 1; ⇒ exports no class xlator
no Translator ⇒
  export class xlator {}
  ⇒ : \/.*m\.js:2: xlator must be a class that extends Translator of 'glossa', not a class of
an object ⇒ export default {}; ⇒ \/m\.js: xlator must be a class .*, not an object$
a function ⇒ export default () => {}; ⇒ \/m\.js:1: xlator .*, not a function$
a class of another name ⇒ import { Translator } from 'glossa';
  export class Xlator extends Translator {}
  ⇒ m\.js exports no class xlator.*m\.js:2: give Xlator that name
a syntax error ⇒ export class xlator {
    stat( {}
  }
  ⇒ m\.js:\d: SyntaxError
an exception at load ⇒
  null.x;
  ⇒ m\.js:2: TypeError
an import of a missing file ⇒
  import { a } from './no.js';
  ⇒ m\.js:2: cannot find '\.\/no\.js'; searched:
an import that has no such name ⇒
  import { Translater } from 'glossa';
  ⇒ : \/.*m\.js:2: 'glossa' has no export 'Translater' \(did you mean 'Translator'\?\)$
a missing import ⇒ class A extends Translator {} ⇒ \(write import \{ Translator \} from 'g
require ⇒ const a = require('glossa'); ⇒ m\.js:1: TypeError.*\(a module imports: import
exports ⇒ exports.xlator = 1; ⇒ m\.js:1: TypeError.*\(a module imports: import
types ⇒ export class xlator {
    stat(frame: Frame) {}
  }
  ⇒ SyntaxError: .* \(types are for files named \.ts\)(?:.|\n)*\n *stat\(frame: Frame\) \{\}\n +\^
a function in a class ⇒ class A {
    function stat() {}
  }
  ⇒ \(a method has no function
Python ⇒ from glupy import Translator ⇒ \(this is Python: name the file \.py\)
an unknown option ⇒ import { Option, Translator } from 'glossa';
  export class xlator extends Translator {
    static options = { limit: Option.int(1) };
    init() { for (const name in this.options) this.options[name + 's']; }
  }
  ⇒ m\.js:4: TypeError: this\.options has no 'limits'; did you mean limit\?
`)('prevents the start: %s', async (_, source, message) => {
    await expect(startModule({ 'm.js': source })).rejects.toThrow(new RegExp(message));
  });

  it.each(rows`
an async fop with a callback ⇒ async stat() {} statCbk() {} ⇒ stat is async and has a statCbk
an async callback ⇒ async statCbk() {} ⇒ statCbk cannot be async
a yield ⇒ *stat() {} ⇒ has a yield in it
too many parameters ⇒ stat(a, b, c, d) {}
  ⇒ m\.js:5: stat is a fop's and is called with \(frame, loc, xdata\)
invalid options ⇒ static options = { a: 1 }; ⇒ options\['a'\] must be made by Option
a fop as a field ⇒ lookup = (frame) => frame.wind();
  ⇒ m\.js:5: lookup is a field: write a method, lookup\(…\)
an init that throws ⇒ init() { throw new Error("no"); } ⇒ m\.js:5: Error: no
an async init that throws ⇒ async init() { await null; throw new Error("no"); } ⇒ m\.js:5: Error: no
`)('prevents the start: %s', async (_, body, message) => {
    await expect(startModule(module(body))).rejects.toThrow(new RegExp(message));
  });

  it('causes a warning with the likely name when a method has a name that glossa never calls', async () => {
    const source = `import { Translator } from 'glossa';
class Base extends Translator {
  wrtiev() {}
}
export class xlator extends Base {
  lokup() {}
  Lookup() {}
  lookup_cbk() {}
  lookupCb() {}
  async copyFileRange() {}
  get_xattr() {}
  entry_created() {}
  Init() { /* this.Init() */ }
  getattr() { 'a'.getattr; }
  somethingCbk() {}
  statCancel() {}
  client_disconnect() {}
}
`;
    const run = await startModule({ 'm.js': source });
    const warned = run.takeLines().filter((line) => line.startsWith('W '));
    const formatWarning = (line: number, name: string, text: string): string =>
      `W [m.js:${line}:${name}] 0-top: ${name} ${text}`;
    const formatLikely = (line: number, name: string, likelyName: string): string =>
      formatWarning(
        line,
        name,
        `is no fop or hook, and is never called (did you mean '${likelyName}'?)`,
      );
    expect(warned.sort()).toEqual(
      [
        formatLikely(3, 'wrtiev', 'writev'),
        formatLikely(6, 'lokup', 'lookup'),
        formatLikely(7, 'Lookup', 'lookup'),
        formatLikely(8, 'lookup_cbk', 'lookupCbk'),
        formatLikely(9, 'lookupCb', 'lookupCbk'),
        formatLikely(10, 'copyFileRange', 'copy_file_range'),
        formatLikely(11, 'get_xattr', 'getxattr'),
        formatLikely(12, 'entry_created', 'entryCreated'),
        formatLikely(13, 'Init', 'init'),
        formatLikely(14, 'getattr', 'stat'),
        formatWarning(15, 'somethingCbk', 'is the callback of no fop, and is never called'),
        formatWarning(16, 'statCancel', 'is never called: there is no stat'),
        formatLikely(17, 'client_disconnect', 'clientDisconnect'),
      ].sort(),
    );
  });

  it('is not reported for methods that only the module itself calls', async () => {
    const source = `import { Translator } from 'glossa';
class Base extends Translator {
  start() { this.flushed(); }
  flushed() {}
  linked() {}
}
export class xlator extends Base {
  _lokup() {}
  #readv() {}
  flushed() {}
  linked() {}
  lookupCb(frame, ...reply) { frame.unwind(...reply); }
  get stats() { return 1; }
  static reads() {}
  writes() {}
  unlnk() {}
  access(frame) { frame.windTo({ cbk: this.lookupCb }); }
  init() { const that = this; that.writes(); that.start(); this['unlnk'](); this.#readv(); }
  helper() {}
}
`;
    const run = await startModule({ 'm.js': source });
    expect(run.takeLines().filter((line) => line.startsWith('W '))).toEqual([]);
  });
});

describe('a declaration of options', () => {
  it('is refused with the line of each fault and the accepted values', async () => {
    const source = `import { Option, Translator } from 'glossa';
export class xlator extends Translator {
  static options = {
    a: Option.int('five'),
    b: Option.size('1 MB'),
    c: Option.int(NaN),
    d: Option.int(11, { max: 10 }),
    e: Option.str('x', { values: ['one', 'two'] }),
    f: Option.str({ values: [] }),
    g: Option.int(1, { maximum: 3 }),
    h: Option.int(10n),
    i: Option.str([]),
    j: Option.str('x', { min: 1 }),
    k: Option.str(() => 1),
    l: Option.int(1, { reconfigurable: 'yes' }),
    m: { type: 'constructor' },
  };
}
`;
    const run = makeModuleGraph({ 'm.js': source });
    const problems = (await run.findStartProblems()).map((line) =>
      line.replace(/^.*\/(?=m\.js)/, ''),
    );
    expect(problems).toEqual([
      "m.js:4: option 'a': its default 'five' is not a whole number; it takes a whole number",
      expect.stringMatching(
        /^m\.js:5: option 'b': its default '1 MB' is not a size; it takes a size /,
      ),
      "m.js:6: option 'c': its default NaN is of another kind; it takes a whole number",
      expect.stringMatching(/^m\.js:7: .*default 11 is above the maximum; it takes .* at most 10$/),
      expect.stringMatching(
        /^m\.js:8: .*default 'x' is not among its values; it takes one of one, two/,
      ),
      "m.js:9: option 'f': its values [] is not a list of texts",
      expect.stringMatching(
        /^m\.js:10: option 'g': it has no 'maximum'; it may have default, min, max,/,
      ),
      "m.js:11: option 'h': its default 10 is of another kind; it takes a whole number",
      "m.js:12: option 'i': its default [] is of another kind; it takes a text",
      "m.js:13: option 'j': it has no 'min'; it may have default, help, reconfigurable, values",
      expect.stringMatching(/^m\.js:14: option 'k': its default \(\) => 1 is of another kind/),
      "m.js:15: option 'l': its reconfigurable 'yes' is not true or false",
      "m.js: option 'm': its type 'constructor' is unknown",
    ]);
  });

  it('has its defaults parsed like values in a volfile', async () => {
    const source = `import { Option, Translator } from 'glossa';
export class xlator extends Translator {
  static options = {
    a: Option.size('1MB', { max: '2MB' }),
    b: Option.time('1m'),
    c: Option.bool('off'),
    d: Option.str(''),
  };
  init() { this.log.info('%j', Object.values(this.options)); }
}
`;
    const run = await startModule({ 'm.js': source });
    expect(takeTexts(run)).toContain('[1048576,60,false,""]');
  });
});

describe('a request or reply', () => {
  it('used after its end raises HandleExpired at every access', async () => {
    const run = await startModule(
      module(
        'statCbk(frame, ...reply) { this.old = [reply[2], frame]; frame.unwind(...reply); }\n' +
          'statfs(frame) { try { this.old[0].iaSize; } catch (e) { this.log.info(e.name); }\n' +
          'try { this.old[1].root; } catch (e) { this.log.info(e.name); } frame.fail(1); }',
      ),
    );
    run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    run.takeLines();
    run.ask('statfs', run.knownLoc('a'), null);
    expect(takeTexts(run)).toEqual([
      'HandleExpired',
      'HandleExpired',
      'refused: a request that the module was not given, or no longer has',
    ]);
    run.expectSettled();
  });

  it.each([
    ['a dropped frame', 'stat() {}'],
    [
      'an async method whose promise never settles',
      'async stat() { await new Promise(() => {}); }',
    ],
  ])('dropped by the module fails with EIO and a log line: %s', async (_, body) => {
    const run = await startModule(module(body));
    run.takeLines();
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.context.advance(10_000);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines().join('\n')).toMatch(/m\.js:5:.*neither answered nor passed on/);
    run.expectSettled();
  });

  it('returned by a method that is not async fails the request with EIO, and the log has a hint', async () => {
    const run = await startModule(module('stat() { return [-1, 2]; }'));
    run.takeLines();
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.context.advance(10_000);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines().join('\n')).toMatch(
      /m\.js:5:.*\(what it returned answers only in an async/,
    );
    run.expectSettled();
  });

  it('held by the module without a reply fails with EIO after frame-timeout', async () => {
    const run = await startModule(module('stat(frame) { this.kept = frame; }'), {
      options: { 'frame-timeout': '5' },
    });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.context.advance(10_000);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    run.expectSettled();
  });
});

it('an async method that another request resumes sends its requests with the uid of its own caller', async () => {
  const run = await startModule(
    module(
      'init() { this.gate = Promise.withResolvers(); }\n' +
        'async stat(frame, loc) { await this.gate.promise; await null; return await this.child.stat(loc); }\n' +
        'async flush() { this.gate.resolve(); return {}; }',
    ),
  );
  for (const uid of [1, 2, 3]) run.askAs({ uid }, 'stat', run.knownLoc('a'), null);
  run.askAs({ uid: 9 }, 'flush', new Fd(run.root, 0, 1), null);
  const held = run.takeRequests();
  expect(held.map(({ frame }) => frame.root.uid)).toEqual([1, 2, 3]);
  for (const one of held) one.answer(0, 0, makeSized(1), null);
  run.expectSettled();
});

it('a TypeScript module runs with its types removed, and the log has the line numbers of its source', async () => {
  const run = await startModule({
    'm.ts': `import { type Frame, Translator } from 'glossa';
import { errno } from './other.ts';
import about from './about.json';
interface Note {
  readonly name: string;
}
export class xlator extends Translator {
  private note: Note | undefined;
  stat(frame: Frame<'stat'>): void {
    this.note = { name: about.name };
    this.log.info(this.note!.name satisfies string);
    frame.fail(errno as number);
  }
}`,
    'other.ts': "import type { Frame } from 'glossa';\nexport const errno: number = 1;",
    'about.json': '{ "name": "a name" }',
  });
  run.takeLines();
  expect(run.ask('stat', run.knownLoc('a'), null).opErrno).toBe(EPERM);
  expect(run.takeLines()[0]).toMatch(/^I \[m\.ts:11:stat\].*a name$/);
});
