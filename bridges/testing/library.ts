/**
 * The exports of 'glossa/testing', for tests in TypeScript (run by Node) and JavaScript (run by
 * QuickJS); `glupy.testing` is the same for Python.
 *
 *     import { EPERM } from 'glossa';
 *     import { assert, graph, raises, test } from 'glossa/testing';
 *
 *     test('a kept file stays', async () => {
 *       const g = await graph('keeper', { suffix: '.keep' });
 *       await g.write('/a.keep', 'precious');
 *       await raises(EPERM, g.unlink('/a.keep'));
 *       assert.equal(await g.readText('/a.keep'), 'precious');
 *     });
 *
 * A graph is closed when its test ends. This file imports types only and uses only ECMAScript: its
 * text runs in either engine.
 */
import type {
  Asked,
  Assert,
  Below,
  Data,
  Fields,
  FileOperations,
  FopReply,
  Invalidated,
  LogLine,
  OpenFile,
  TestGraph,
  TestingApi,
} from './api.ts';
import type { Plain } from './values.ts';

/** The runner's functions for the library. */
export interface TestingHost {
  /** Passes a message to `Bed.call`; returns its answer. */
  call(message: string): string;
}

/** An operation that failed with an errno. */
export class FopFailure extends Error {
  readonly errno: number;

  constructor(errno: number, message: string) {
    super(message);
    this.name = 'FopFailure';
    this.errno = errno;
  }
}

/** The functions that the runner calls. */
export interface TestingSession {
  readonly api: TestingApi;
  readonly tests: readonly { readonly name: string; readonly fn: () => unknown }[];
  /** Passes the answer to call number `call`. */
  answer(call: number, result: string): void;
  /** Runs a test; calls `ended` with undefined or the exception. */
  run(index: number, ended: (error: unknown) => void): void;
  /** Ends the test's wait with an error. */
  giveUp(why: string): void;
}

interface PendingCall {
  resolve(value: Plain): void;
  reject(error: Error): void;
}

/** Makes the library for one test file. */
export function makeTesting(host: TestingHost): TestingSession {
  const waiting = new Map<number, PendingCall>();
  const tests: { name: string; fn: () => unknown }[] = [];
  let open: number[] = [];
  let lastCall = 0;
  const say = (...message: Plain[]): Plain => JSON.parse(host.call(JSON.stringify(message)));
  const ask = (verb: string, ...message: Plain[]): Promise<Plain> => {
    lastCall += 1;
    const call = lastCall;
    return new Promise((resolve, reject) => {
      waiting.set(call, { resolve, reject });
      say(verb, call, ...message);
    });
  };
  let values: Values | undefined;
  const api: TestingApi = {
    test: (name, fn) => void tests.push({ name, fn }),
    async graph(module, options = {}, { children = 1, down = [] } = {}) {
      const texts = Object.fromEntries(
        Object.entries(options).map(([key, value]) => [dashed(key), optionText(value)]),
      );
      const number = (await ask('graph', {
        module,
        options: texts,
        children,
        down: [...down],
      })) as number;
      open.push(number);
      values ??= makeValues(say('fields') as Readonly<Record<string, readonly string[]>>);
      return makeGraph({ say, ask, values, number, count: children }, ROOT);
    },
    sleep: async (seconds) => void (await ask('sleep', seconds)),
    raises,
    assert,
  };
  const closeAll = async (failed: boolean): Promise<void> => {
    const mine = open;
    open = [];
    for (const number of mine) {
      const left = (await ask('close', number)) as readonly string[];
      if (left.length > 0 && !failed)
        throw new Error(`requests were unanswered: ${left.join(', ')}`);
    }
  };
  const run = async (index: number): Promise<void> => {
    open = [];
    try {
      await tests[index]!.fn();
    } catch (error) {
      await closeAll(true);
      throw error;
    }
    await closeAll(false);
  };
  return {
    api,
    tests,
    answer(call, text) {
      const waiter = waiting.get(call);
      waiting.delete(call);
      const result = JSON.parse(text) as {
        ok?: Plain;
        errno?: number;
        message?: string;
        error?: string;
      };
      if (result.errno !== undefined) waiter?.reject(new FopFailure(result.errno, result.message!));
      else if (result.error !== undefined) waiter?.reject(new Error(result.error));
      else waiter?.resolve(result.ok ?? null);
    },
    run: (index, ended) => {
      run(index).then(
        () => ended(undefined),
        (error) => ended(error ?? new Error('nothing was thrown, as an error')),
      );
    },
    giveUp(why) {
      const all = [...waiting.values()];
      waiting.clear();
      for (const { reject } of all) reject(new Error(why));
    },
  };
}

/** Converts timeLimit to time-limit, an option's name. */
const dashed = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

const optionText = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

// -- asserting ---------------------------------------------------------------------------------

async function raises(errno: number, what: Promise<unknown> | (() => unknown)): Promise<void> {
  try {
    await (typeof what === 'function' ? what() : what);
  } catch (error) {
    const found = (error as { errno?: unknown }).errno;
    if (found === errno) return;
    if (typeof found !== 'number') throw error;
    throw new Error(`errno ${errno} was expected, not ${(error as Error).message}`);
  }
  throw new Error(`errno ${errno} was expected, and nothing failed`);
}

const show = (value: unknown): string => {
  const text =
    value instanceof Uint8Array ? `bytes ${[...value].join(' ')}` : JSON.stringify(value);
  return text === undefined ? String(value) : text.length > 400 ? `${text.slice(0, 390)}…` : text;
};

function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (a instanceof Map || b instanceof Map) {
    return a instanceof Map && b instanceof Map && alike([...a], [...b]);
  }
  if (a instanceof Set || b instanceof Set) {
    return a instanceof Set && b instanceof Set && alike([...a], [...b]);
  }
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key) =>
      alike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

type What = (() => unknown) | Promise<unknown>;
/** An expected error: a class, a text, properties, or a predicate. */
type Expected = RegExp | object | ((error: unknown) => unknown);

function fits(error: unknown, expected: Expected | undefined): boolean {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected === 'function') {
    const { prototype } = expected as { prototype?: object };
    if (prototype !== undefined && error instanceof (expected as new () => object)) return true;
    const isClass = prototype instanceof Error || expected === Error;
    return !isClass && (expected as (error: unknown) => unknown)(error) === true;
  }
  const found = error as Record<string, unknown>;
  return Object.entries(expected).every(([key, value]) =>
    value instanceof RegExp ? value.test(String(found[key])) : alike(found[key], value),
  );
}

/** Checks that an error was thrown, and fits. */
function check(thrown: { readonly error: unknown } | null, expected?: Expected, text?: string) {
  if (thrown === null) throw new Error(text ?? 'an error was expected, and nothing failed');
  if (!fits(thrown.error, expected)) {
    const wanted = expected instanceof RegExp ? String(expected) : 'the one expected';
    throw new Error(text ?? `${String(thrown.error)} is not ${wanted}`);
  }
}

const must = (fine: boolean, message: string | undefined, text: () => string): void => {
  if (!fine) throw new Error(message ?? text());
};
const truth = (value: unknown, message?: string): void =>
  must(Boolean(value), message, () => `${show(value)} was expected to be true`);
const equal = (a: unknown, b: unknown, message?: string): void =>
  must(alike(a, b), message, () => `${show(a)} is not ${show(b)}`);
const notEqual = (a: unknown, b: unknown, message?: string): void =>
  must(!alike(a, b), message, () => `${show(a)} was expected to be something else`);

/** The usual members; all equalities are deep. */
const members = {
  ok: truth,
  equal,
  deepEqual: equal,
  deepStrictEqual: equal,
  notEqual,
  notDeepEqual: notEqual,
  notDeepStrictEqual: notEqual,
  strictEqual: (a: unknown, b: unknown, message?: string): void =>
    must(Object.is(a, b), message, () => `${show(a)} is not the same as ${show(b)}`),
  notStrictEqual: (a: unknown, b: unknown, message?: string): void =>
    must(!Object.is(a, b), message, () => `${show(a)} was expected to be something else`),
  match: (text: string, form: RegExp, message?: string): void =>
    must(form.test(text), message, () => `${show(text)} does not match ${form}`),
  doesNotMatch: (text: string, form: RegExp, message?: string): void =>
    must(!form.test(text), message, () => `${show(text)} matches ${form}`),
  fail(message?: string): never {
    throw new Error(message ?? 'failed');
  },
  throws(what: () => unknown, expected?: Expected, message?: string): void {
    let thrown: { error: unknown } | null = null;
    try {
      what();
    } catch (error) {
      thrown = { error };
    }
    check(thrown, expected, message);
  },
  async rejects(what: What, expected?: Expected, message?: string): Promise<void> {
    let thrown: { error: unknown } | null = null;
    try {
      await (typeof what === 'function' ? what() : what);
    } catch (error) {
      thrown = { error };
    }
    check(thrown, expected, message);
  },
};

const assert = Object.assign(
  (value: unknown, message?: string) => truth(value, message),
  members,
) as Assert;

// -- values ------------------------------------------------------------------------------------

const utf8 = (text: string): string => unescape(encodeURIComponent(text));
const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
const packData = (data: Data): Plain => [
  'bytes',
  typeof data === 'string' ? utf8(data) : latin1(data),
];
const bytesFrom = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

interface Values {
  pack(value: unknown): Plain;
  unpack(value: Plain, file: (id: number) => OpenFile): unknown;
}

function makeValues(tables: Readonly<Record<string, readonly string[]>>): Values {
  const fields = (kind: string, list: readonly Plain[]): Fields =>
    Object.fromEntries(tables[kind]!.map((name, at) => [name, list[at] as number | string]));
  const dictValue = (type: string, value: Plain): unknown => {
    if (type === 'bin' || type === 'mdata') return bytesFrom(value as string);
    return type === 'iatt' ? fields('iatt', value as readonly Plain[]) : value;
  };
  const dictOf = (columns: readonly Plain[]): Map<string, unknown> => {
    const [types, , keys, values] = columns as [string, number[], string[], Plain[]];
    const kinds = types.split(' ');
    return new Map(keys.map((key, at) => [key, dictValue(kinds[at]!, values[at]!)]));
  };
  const packDict = (entries: Iterable<readonly [string, unknown]>): Plain => [
    'dict',
    [...entries].map(([key, value]) => {
      if (typeof value === 'number')
        return [key, Number.isInteger(value) ? 'int' : 'double', value];
      return typeof value === 'string'
        ? [key, 'str', value]
        : [key, 'bin', latin1(value as Uint8Array)];
    }),
  ];
  return {
    pack(value) {
      if (value === undefined || value === null) return null;
      if (typeof value !== 'object') return value as Plain;
      if (value instanceof Uint8Array) return packData(value);
      if (value instanceof Map) return packDict(value as Map<string, unknown>);
      if (typeof (value as OpenFile).fsync === 'function') return ['fd', (value as OpenFile).id];
      const kind = Object.keys(tables).find((each) =>
        tables[each]!.every((name) => Object.hasOwn(value, name)),
      );
      if (kind === undefined) return packDict(Object.entries(value));
      return [kind, tables[kind]!.map((name) => (value as Record<string, Plain>)[name]!)];
    },
    unpack(value, file) {
      if (!Array.isArray(value)) return value;
      const [kind, first, second] = value as readonly Plain[];
      const list = first as readonly Plain[];
      if (kind === 'bytes') return bytesFrom(first as string);
      if (kind === 'fd') return file(first as number);
      if (kind === 'inode') return { gfid: first, iaType: second };
      if (kind === 'dict') return dictOf(list);
      if (kind === 'locklist') return list.map((lock) => fields('flock', lock as readonly Plain[]));
      if (kind === 'entries') {
        return list.map((entry) => {
          const [name, off, type, gfid, stat] = entry as readonly Plain[];
          const buf = stat === null ? null : fields('iatt', stat as readonly Plain[]);
          return { name, off, type, gfid, stat: buf };
        });
      }
      return typeof kind === 'string' && kind in tables && Array.isArray(first)
        ? fields(kind, list)
        : value;
    },
  };
}

// -- graphs ------------------------------------------------------------------------------------

interface GraphAccess {
  say(...message: Plain[]): Plain;
  ask(verb: string, ...message: Plain[]): Promise<Plain>;
  readonly values: Values;
  readonly number: number;
  readonly count: number;
}

interface CallerSettings {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly groups: readonly number[];
  /** The graph's first client by default. */
  readonly client?: number;
}

const ROOT: CallerSettings = { uid: 0, gid: 0, pid: 1, groups: [] };
const TOP = -1;

/** Operations with plain arguments and results. */
const PLAIN =
  'lookup stat exists listdir mkdir mknod symlink link unlink rmdir rename readlink read truncate ' +
  'chmod chown utime access statfs getxattr listxattr removexattr open';

function makeFiles(ways: GraphAccess, child: number, caller: CallerSettings): FileOperations {
  const { ask, values, number } = ways;
  const who = { ...caller, groups: [...caller.groups] };
  const raw = (operation: string, ...args: Plain[]): Promise<Plain> =>
    ask('do', number, child, who, operation, ...args);
  const go = async (operation: string, ...args: unknown[]): Promise<unknown> =>
    values.unpack(await raw(operation, ...args.map(values.pack)), file);
  const file = (id: number): OpenFile => ({
    id,
    read: (size, offset) => go('file.read', id, size, offset) as Promise<Uint8Array>,
    write: (data, offset) => raw('file.write', id, packData(data), offset ?? 0) as Promise<number>,
    truncate: (size = 0) => go('file.truncate', id, size) as Promise<void>,
    stat: () => go('file.stat', id) as Promise<Fields>,
    fsync: () => go('file.fsync', id) as Promise<void>,
    close: () => go('file.close', id) as Promise<void>,
  });
  const fop = new Proxy({} as Record<string, (...args: readonly unknown[]) => Promise<FopReply>>, {
    get:
      (_, name) =>
      async (...args: readonly unknown[]) => {
        const answer = await raw('fop', String(name), ...args.map(values.pack));
        const {
          opRet,
          opErrno,
          values: parts,
          timeouts,
        } = answer as unknown as {
          opRet: number;
          opErrno: number;
          values: Readonly<Record<string, Plain>>;
          timeouts: FopReply['timeouts'];
        };
        const named = Object.entries(parts).map(([key, part]) => [key, values.unpack(part, file)]);
        return { opRet, opErrno, timeouts, ...Object.fromEntries(named) };
      },
  });
  const plain = Object.fromEntries(
    PLAIN.split(' ').map((name) => [name, (...args: unknown[]) => go(name, ...args)]),
  );
  return {
    ...(plain as unknown as FileOperations),
    fop,
    listdir: (path = '/') => go('listdir', path) as Promise<string[]>,
    write: (path, data, offset) =>
      raw('write', path, packData(data), offset ?? null) as Promise<number>,
    setxattr: (path, name, value, flags = 0) =>
      raw('setxattr', path, name, packData(value), flags) as unknown as Promise<void>,
    async readText(path) {
      const bytes = (await go('read', path)) as Uint8Array;
      return decodeURIComponent(escape(latin1(bytes)));
    },
  };
}

function makeBelow(ways: GraphAccess, child: number | null, caller: CallerSettings): Below {
  const { say, values, number } = ways;
  const noFile = (): never => {
    throw new Error('a file of another graph or user');
  };
  return {
    ...makeFiles(ways, child ?? TOP, caller),
    asked: (fop) =>
      (say('asked', number, child, fop ?? null) as unknown as readonly Asked[]).map((one) => ({
        ...one,
        args: Object.fromEntries(
          Object.entries(one.args).map(([key, value]) => [
            key,
            Array.isArray(value) && value[0] === 'fd'
              ? value
              : values.unpack(value as Plain, noFile),
          ]),
        ),
      })),
    fail: (fop, errno, { path, times } = {}) =>
      void say('fail', number, child, fop, errno, path ?? null, times ?? null),
    mend: () => void say('mend', number, child),
    changed: (path) => void say('changed', number, child, path),
    sayUp: (up = true) => void say('up', number, child, up),
    hold: (fop) => void say('hold', number, child, fop ?? null),
    release: () => void say('release', number, child),
  };
}

function makeGraph(ways: GraphAccess, caller: CallerSettings): TestGraph {
  const { say, number, count } = ways;
  const children = Array.from({ length: count }, (_, at) => makeBelow(ways, at, caller));
  const readLog = (): readonly LogLine[] =>
    (say('log', number) as readonly Plain[]).map((line) => {
      const [level, file, at, func, text] = line as [string, string, number, string, string];
      return { level, file, line: at, func, text };
    });
  return {
    ...makeBelow(ways, null, caller),
    children,
    child: children[0]!,
    asUser: (uid, gid = uid, groups = [], pid = 1) =>
      makeGraph(ways, { ...caller, uid, gid, groups, pid }),
    connect: (uid) =>
      makeGraph(ways, { ...caller, client: say('connect', number, uid ?? null) as number }),
    disconnect: () => void say('disconnect', number, caller.client ?? 0),
    advance: (seconds) => void say('advance', seconds),
    clear: () => void say('clear', number),
    get isUp() {
      return say('isUp', number) as boolean;
    },
    get invalidated() {
      return say('invalidated', number) as unknown as readonly Invalidated[];
    },
    get log() {
      return readLog();
    },
    logged: (text) => readLog().some((line) => line.text.includes(text)),
  };
}
