/**
 * Attempts of a JavaScript module to escape, generated from tables: code from strings, globals of
 * other runtimes, imports, files and variables, and misleading values for the host. The attempts of
 * a table share one volume; each is refused and logged, or finds nothing.
 */
import { describe, expect, it, vi } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';
import { rows } from '../../test/support/rows.ts';

/** An attempt: source code, the expected result as text, part of the expected log line. */
interface Attack {
  readonly source: string;
  readonly result: RegExp;
  readonly logged?: string;
}

function makeModule(attacks: readonly Attack[]): Record<string, string> {
  const functions = attacks.map(({ source }) => {
    const body = source.includes('return ') ? source : `return (${source});`;
    return `async (self, frame, loc, glossa) => { ${body} }`;
  });
  return {
    'm.js': `import * as glossa from 'glossa';
const { EPERM, Translator } = glossa;
const attacks = [\n${functions.join(',\n')}\n];
export class xlator extends Translator {
  async stat(frame, loc, xdata) {
    let result;
    try {
      result = String(await attacks[Number(xdata.get('number'))](this, frame, loc, glossa));
    } catch (error) {
      result = 'threw ' + error;
    }
    this.log.info('RESULT %s', result);
    if (!frame.answered) frame.fail(EPERM);
  }
  access(frame) {
    frame.fail(EPERM);
  }
}
`,
  };
}

/** Runs the attacks in one volume; returns those with an unexpected result. */
async function findUnexpected(attacks: readonly Attack[]): Promise<object[]> {
  const run = await startModule(makeModule(attacks), { options: { 'time-limit': '60' } });
  // The leaf replies to any wind.
  run.leaf.onRequest = (held) => held.answer(-1, EPERM);
  let all = '';
  const wrong = attacks.flatMap(({ source, result: expected, logged }, number) => {
    const { result, log, errno } = runAttack(run, number);
    all += `${log}\n`;
    const isLogged = logged === undefined || all.split('\n').some((line) => line.includes(logged));
    const isAnswered = errno === EPERM || errno === EIO;
    return expected.test(result) && isLogged && isAnswered ? [] : [{ source, result, log, errno }];
  });
  const served = run.ask('access', run.knownLoc('a'), 1, null);
  // A stack overflow may lose the interpreter: the next request waits for another.
  await vi.waitFor(() => expect(served.count).toBe(1), { timeout: 60_000, interval: 5 });
  expect(served.opErrno).toBe(EPERM);
  return wrong;
}

function runAttack(run: RunningModule, number: number) {
  run.takeLines();
  const reply = run.ask('stat', run.knownLoc('a'), Dict.of({ number: String(number) }));
  const lines = run.takeLines();
  const at = lines.findIndex((line) => line.includes('RESULT '));
  const result = at < 0 ? 'nothing' : lines.splice(at, 1)[0]!.replace(/^.*?RESULT /s, '');
  return { result, log: lines.join('\n'), errno: reply.opErrno };
}

/** Function constructors, and ways to call them. */
const FUNCTIONS = ['(() => 1)', '(async () => 1)', '(function* () {})', '(async function* () {})'];
const MAKES: readonly string[] = [
  'F.constructor("return 1")()',
  'new F.constructor("return 1")()',
  'Object.getPrototypeOf(F).constructor("return 1")()',
  'Reflect.construct(F.constructor, ["return 1"])()',
  'Reflect.apply(F.constructor, null, ["return 1"])()',
  'F.constructor.call(null, "return 1")()',
  'F.constructor.bind(null, "return 1")()()',
  'F.constructor`return 1`()',
  'new (class extends F.constructor {})("return 1")()',
  'Reflect.construct(F.constructor, ["return 1"], Array)()',
  '["return 1"].map(F.constructor)[0]()',
  'new Proxy(F.constructor, {})("return 1")()',
];
const EVALS: readonly string[] = [
  'eval("1")',
  '(0, eval)("1")',
  'globalThis.eval("1")',
  'Reflect.apply(eval, null, ["1"])',
  '[1].map(() => eval("1"))',
  'Reflect.get(globalThis, "ev" + "al")("1")',
  'Object.getOwnPropertyDescriptor(globalThis, "eval").value("1")',
  'setTimeout.constructor("return 1")()',
  'glossa.Translator.constructor("return 1")()',
  'self.lookup?.constructor ?? self.child.lookup.constructor("return 1")()',
  'frame.fail.constructor("return 1")()',
  'loc.constructor.constructor("return 1")()',
  'JSON.parse.constructor("return 1")()',
  'Symbol.constructor.constructor("return 1")()',
  'Object.getOwnPropertyDescriptor(loc.constructor.prototype, "path").get.constructor("return 1")()',
];

/** Globals of other runtimes; missing-globals.ts logs access to some. */
const TOLD_GLOBALS = ['process', 'Deno', 'Bun', 'global', 'window', 'require', 'module', 'exports']
  .concat(['importScripts', 'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Worker'])
  .concat(['SharedWorker', 'WebAssembly', 'Buffer', 'std', 'os', 'bjson', 'scriptArgs', '__host']);
const OTHER_GLOBALS = ['navigator', 'document', 'location', 'self', 'parent', 'top', 'frames']
  .concat(['indexedDB', 'localStorage', 'crypto', 'alert', 'print', 'load', 'read', 'readline'])
  .concat(['quit', 'gc', 'ShadowRealm', 'Atomics', 'SharedArrayBuffer', '__dirname', '__filename'])
  .concat(['setImmediate', 'glossaCanary', 'constructor2', 'QTS', 'Module', 'HEAP8']);

const IMPORTED: readonly string[] = [
  ...['node:fs', 'node:vm', 'node:worker_threads', 'node:process', 'node:module', 'bun:ffi'],
  ...['npm:left-pad', 'jsr:@std/fs', 'blob:x', 'javascript:1', 'wasi:x', 'about:blank'],
  ...['/etc/passwd', '//etc/passwd', '/proc/self/mem', 'file:/etc/passwd', 'FILE:///etc/passwd'],
  ...['glossa:runtime/core/inode', 'glossa:bridges/javascript/library/host', 'qjs:os'],
];
const ABSENT: readonly string[] = [
  ...['fs', 'path', 'host', '__host', 'glossa/host', 'glossa/../host', 'glossa/library/host'],
  ...['./host.js', './../../../../etc/passwd', '..', '.', './m.js/x', 'constructor', '__proto__'],
  ...['./\\u0000', 'toString', 'std', 'os', 'bridge', 'quickjs', './node_modules/x'],
];

const PATHS: readonly string[] = [
  ...['/etc/shadow', '/proc/self/environ', '/proc/1/root/etc/passwd', '/dev/kmem', '/root/.ssh'],
  ...['..', '../..', './m.js', 'm.js', '/tmp', '/', '//', '/etc/../etc/passwd', '~/.ssh/id_rsa'],
  ...['/sys/kernel', 'C:\\\\Windows', 'file:///etc/passwd', '\\u0000', '/etc/passwd\\u0000.txt'],
];
const VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LD_PRELOAD',
  'NODE_OPTIONS',
  '__proto__',
  'constructor',
].concat(['toString', 'hasOwnProperty', '']);

/** Expressions, and the harmless values that they yield. */
const NOTHING = rows`
Object.getOwnPropertyNames(globalThis).filter((n) => /host|canary|qts/i.test(n)).join()
  ⇒ ^(__host)?$
typeof globalThis.constructor.constructor ⇒ ^function$
self.constructor.__proto__.__proto__ === Function.prototype ⇒ ^true$
Object.keys(self.child).join() ⇒ ^[\w,]*$
new Error().stack.includes("/bridges/host/") ⇒ ^false$
Error.prepareStackTrace = (e, sites) => sites; return typeof new Error().stack ⇒ ^(string|object)$
Error.captureStackTrace?.({}) ?? "none" ⇒ ^none$
(function f() { return f.caller ?? "none" })() ⇒ ^none$|^threw TypeError
(function () { return arguments.callee.caller ?? "none" })() ⇒ ^none$|^threw TypeError
new WeakRef({}).deref() === undefined || "kept" ⇒ ^(true|kept)$
new FinalizationRegistry(() => {}).register({}, 1) ?? "registered" ⇒ ^registered$
Object.getOwnPropertySymbols(frame).length ⇒ ^\d+$
Reflect.ownKeys(glossa).filter((n) => /^_*host/i.test(String(n))).join() ⇒ ^$
import.meta.url ⇒ ^(undefined|file:.*|.*m\.js)$
Object.keys(import.meta).join() ⇒ ^(url|main|url,main|)$
[].constructor[Symbol.species] === Array ⇒ ^true$
String(globalThis.performance?.timeOrigin) ⇒ ^(undefined|[\d.]+)$
new Date(8.64e15 + 1) ⇒ ^Invalid Date$
structuredClone?.({}) ?? 1 ⇒ object|^threw ReferenceError
`;

/** Odd values passed to the host: each causes one reply or one error. */
const VALUES: readonly string[] = [
  'frame.windTo({ toString() { throw 1 } }, loc)',
  'frame.windTo(new Proxy({}, { get() { throw new Error("trap") } }), loc)',
  'frame.windTo(self.child, new Proxy(loc, {}))',
  'frame.windTo(self.child, { __proto__: loc })',
  'frame.windTo(self.child, JSON.parse("{\\"__proto__\\": {\\"x\\": 1}}"))',
  'frame.windTo({ child: { index: -1 } }, loc)',
  'frame.windTo({ child: { index: 0.5 } }, loc)',
  'frame.windTo({ child: { index: NaN } }, loc)',
  'frame.windTo({ child: { index: { valueOf() { return 0 } } } }, loc)',
  'frame.windTo({ fop: "__proto__", cbk() {} }, loc)',
  'frame.windTo({ fop: "constructor", cbk() {} }, loc)',
  'frame.windTo({ fop: { toString() { return "stat" } }, cbk() {} }, loc)',
  'frame._pushMessage("wind", 0, 4294967294, "stat", [["loc", [1, 0, null, null]], null])',
  'frame._pushMessage("wind", 99999999999, 0, "stat", [["loc", [1, 0, null, null]], null])',
  'frame._pushMessage("unwind", 0, 0, [["inode", 12345]])',
  'frame._pushMessage("unwind", Infinity, 0, [])',
  'frame._pushMessage("unwind", -1, -1, [])',
  'frame._pushMessage("unwind", -1, 1e9, [])',
  'frame._pushMessage("\\ud800")',
  'frame._pushMessage({ toJSON() { return ["failed"] } })',
  'frame._pushMessage(...Array(100000).fill(0))',
  'frame.unwind(0, 0, { get iaSize() { throw new Error("trap") } })',
  'frame.unwind(0, 0, new Proxy({}, { get() { return 1 }, ownKeys() { throw 1 } }))',
  'frame.unwind({ valueOf() { throw 1 } }, 0)',
  'frame.unwind(2 ** 70, 0)',
  'frame.unwind(1n, 0)',
  'frame.unwind(Symbol(), 0)',
  'frame.fail({ valueOf() { return 5 } })',
  'frame.fail(-1)',
  'frame.fail(1e9)',
  'frame.fail("EIO")',
  'Object.prototype.toJSON = () => "changed"; try { frame._pushMessage("x") } finally { delete Object.prototype.toJSON } return 1',
  'Array.prototype.toJSON = () => 1; try { frame.windTo(self.child, loc) } finally { delete Array.prototype.toJSON } return 1',
  'const kept = JSON.stringify; JSON.stringify = () => "[]"; try { frame._pushMessage("x") } finally { JSON.stringify = kept } return 1',
  'const kept = Array.prototype.map; Array.prototype.map = () => 1; try { frame.unwind(0, 0, {}) } finally { Array.prototype.map = kept } return 1',
  'const f = (n) => f(n + 1) + 1; return f(0)',
  'return await new Promise((_, no) => no({ get message() { throw 1 } }))',
  'throw { toString: null } /* return */',
  'throw new Proxy(new Error(), { get() { throw 2 } }) /* return */',
  // Last, as it may lose the interpreter.
  'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return frame._pushMessage(o)',
];

const quote = (value: string): string => `"${value}"`;

describe('a JavaScript module', () => {
  it('cannot run a string as code', async () => {
    const sources = FUNCTIONS.flatMap((f) => MAKES.map((pattern) => pattern.replaceAll('F', f)));
    const logged = 'refused: code from a string';
    const all = [...sources, ...EVALS].map((source) => ({
      source,
      result: /^threw (Eval|Type)Error/,
      told: logged,
    }));
    expect(await findUnexpected(all)).toEqual([]);
  });

  it('does not have the globals of Node, browsers and other runtimes', async () => {
    const all: Attack[] = TOLD_GLOBALS.map((name) => {
      return { source: `typeof ${name}`, result: /^undefined$/, logged: `not given: ${name} (` };
    });
    for (const name of OTHER_GLOBALS.filter((n) => n !== 'self')) {
      all.push({
        source: `typeof globalThis[${quote(name)}]`,
        result: /^(undefined|function|object)$/,
      });
    }
    for (const [source, result] of NOTHING) all.push({ source, result: new RegExp(result) });
    expect(await findUnexpected(all)).toEqual([]);
  });

  it('cannot import modules of the host', async () => {
    const refused = IMPORTED.map((name) => {
      return {
        source: `import(${quote(name)})`,
        result: /^threw Error: .*is refused/,
        logged: `'${name}' is refused`,
      };
    });
    const absent = ABSENT.map((name) => {
      return { source: `import(${quote(name)})`, result: /^threw \w*Error/, logged: 'import of' };
    });
    expect(await findUnexpected([...refused, ...absent])).toEqual([]);
  });

  it('cannot reach files or environment variables without a grant', async () => {
    const ways = ['readFile', 'readDir', 'readText'];
    const all: Attack[] = PATHS.map((path, i) => {
      const source = `glossa.${ways[i % 3]}(${quote(path)})`;
      return { source, result: /^threw \w*Error: EACCES/, logged: '(option allow-read)' };
    });
    for (const path of PATHS) {
      const source = `glossa.writeFile(${quote(path)}, "x")`;
      all.push({ source, result: /^threw \w*Error: EACCES/, logged: '(option allow-write)' });
    }
    for (const name of VARIABLES) {
      const logged = `the variable ${name} is refused (option allow-env)`;
      all.push({
        source: `glossa.env(${quote(name)})`,
        result: /^threw \w*Error: EACCES/,
        logged: logged,
      });
    }
    expect(await findUnexpected(all)).toEqual([]);
  });

  it('leaves no request without a reply, even if it passes values of wrong types', async () => {
    expect(await findUnexpected(VALUES.map((source) => ({ source, result: /.*/s })))).toEqual([]);
  });
});
