/**
 * Makes the exports of 'glossa/testing', for tests in TypeScript (run by Node) and JavaScript (run by QuickJS);
 * `glupy.testing` is the same for Python. Imports types only and uses only ECMAScript: either engine runs its text.
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
  /** Passes a message to `GraphTestBed.call`; returns its result. */
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
  /** Passes the result of call number `call`. */
  answer(call: number, result: string): void;
  /** Runs a test; calls `ended` with undefined or the exception. */
  run(index: number, ended: (error: unknown) => void): void;
  /** Ends the test's wait with an error. */
  giveUp(reason: string): void;
}

interface PendingCall {
  resolve(value: Plain): void;
  reject(error: Error): void;
}

/**
 * Makes the library for one test file. A graph is closed when its test ends.
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
 */
export function makeTesting(host: TestingHost): TestingSession {
  const pendingCalls = new Map<number, PendingCall>();
  const tests: { name: string; fn: () => unknown }[] = [];
  let openGraphs: number[] = [];
  let lastCall = 0;
  const send = (...message: Plain[]): Plain => JSON.parse(host.call(JSON.stringify(message)));
  const ask = (verb: string, ...message: Plain[]): Promise<Plain> => {
    lastCall += 1;
    const call = lastCall;
    return new Promise((resolve, reject) => {
      pendingCalls.set(call, { resolve, reject });
      send(verb, call, ...message);
    });
  };
  let values: Values | undefined;
  const api: TestingApi = {
    test: (name, fn) => void tests.push({ name, fn }),
    async graph(module, options = {}, { children = 1, down = [] } = {}) {
      const texts = Object.fromEntries(
        Object.entries(options).map(([key, value]) => [toOptionName(key), formatOption(value)]),
      );
      const number = (await ask('graph', {
        module,
        options: texts,
        children,
        down: [...down],
      })) as number;
      openGraphs.push(number);
      values ??= makeValues(send('fields') as Readonly<Record<string, readonly string[]>>);
      return makeGraph({ send, ask, values, number, childCount: children }, ROOT);
    },
    sleep: async (seconds) => void (await ask('sleep', seconds)),
    raises,
    assert,
  };
  const closeGraphs = async (hasFailed: boolean): Promise<void> => {
    const graphs = openGraphs;
    openGraphs = [];
    for (const number of graphs) {
      const unanswered = (await ask('close', number)) as readonly string[];
      if (unanswered.length > 0 && !hasFailed)
        throw new Error(`requests were unanswered: ${unanswered.join(', ')}`);
    }
  };
  const run = async (index: number): Promise<void> => {
    openGraphs = [];
    try {
      await tests[index]!.fn();
    } catch (error) {
      await closeGraphs(true);
      throw error;
    }
    await closeGraphs(false);
  };
  return {
    api,
    tests,
    answer(call, text) {
      const waiter = pendingCalls.get(call);
      pendingCalls.delete(call);
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
        (error) => ended(error ?? new Error('undefined was thrown')),
      );
    },
    giveUp(why) {
      const all = [...pendingCalls.values()];
      pendingCalls.clear();
      for (const { reject } of all) reject(new Error(why));
    },
  };
}

/** Converts timeLimit to time-limit, an option's name. */
const toOptionName = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

const formatOption = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

async function raises(errno: number, action: Promise<unknown> | (() => unknown)): Promise<void> {
  try {
    await (typeof action === 'function' ? action() : action);
  } catch (error) {
    const actual = (error as { errno?: unknown }).errno;
    if (actual === errno) return;
    if (typeof actual !== 'number') throw error;
    throw new Error(`errno ${errno} was expected, not ${(error as Error).message}`);
  }
  throw new Error(`errno ${errno} was expected, and nothing failed`);
}

const format = (value: unknown): string => {
  const text =
    value instanceof Uint8Array ? `bytes ${[...value].join(' ')}` : JSON.stringify(value);
  return text === undefined ? String(value) : text.length > 400 ? `${text.slice(0, 390)}…` : text;
};

function areEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (a instanceof Map || b instanceof Map) {
    return a instanceof Map && b instanceof Map && areEqual([...a], [...b]);
  }
  if (a instanceof Set || b instanceof Set) {
    return a instanceof Set && b instanceof Set && areEqual([...a], [...b]);
  }
  const [keys, otherKeys] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === otherKeys.length &&
    keys.every((key) =>
      areEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

type Action = (() => unknown) | Promise<unknown>;
/** An expected error: a class, a text, properties, or a predicate. */
type ErrorPattern = RegExp | object | ((error: unknown) => unknown);

function fitsPattern(error: unknown, expected: ErrorPattern | undefined): boolean {
  if (expected === undefined) return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected === 'function') {
    const { prototype } = expected as { prototype?: object };
    if (prototype !== undefined && error instanceof (expected as new () => object)) return true;
    const isClass = prototype instanceof Error || expected === Error;
    return !isClass && (expected as (error: unknown) => unknown)(error) === true;
  }
  const actual = error as Record<string, unknown>;
  return Object.entries(expected).every(([key, value]) =>
    value instanceof RegExp ? value.test(String(actual[key])) : areEqual(actual[key], value),
  );
}

/** Checks that an error was thrown, and fits. */
function checkThrown(thrown: { error: unknown } | null, expected?: ErrorPattern, text?: string) {
  if (thrown === null) throw new Error(text ?? 'an error was expected, and nothing failed');
  if (!fitsPattern(thrown.error, expected)) {
    const patternText = expected instanceof RegExp ? String(expected) : 'the one expected';
    throw new Error(text ?? `${String(thrown.error)} is not ${patternText}`);
  }
}

const requireTrue = (isTrue: boolean, message: string | undefined, text: () => string): void => {
  if (!isTrue) throw new Error(message ?? text());
};
const assertTrue = (value: unknown, message?: string): void =>
  requireTrue(Boolean(value), message, () => `${format(value)} was expected to be true`);
const equal = (a: unknown, b: unknown, message?: string): void =>
  requireTrue(areEqual(a, b), message, () => `${format(a)} is not ${format(b)}`);
const notEqual = (a: unknown, b: unknown, message?: string): void =>
  requireTrue(!areEqual(a, b), message, () => `${format(a)} was expected to be something else`);

/** The members of node:assert; all equalities are deep. */
const assertMembers = {
  ok: assertTrue,
  equal,
  deepEqual: equal,
  deepStrictEqual: equal,
  notEqual,
  notDeepEqual: notEqual,
  notDeepStrictEqual: notEqual,
  strictEqual: (a: unknown, b: unknown, message?: string): void =>
    requireTrue(Object.is(a, b), message, () => `${format(a)} is not the same as ${format(b)}`),
  notStrictEqual: (a: unknown, b: unknown, message?: string): void =>
    requireTrue(!Object.is(a, b), message, () => `${format(a)} was expected to be something else`),
  match: (text: string, pattern: RegExp, message?: string): void =>
    requireTrue(pattern.test(text), message, () => `${format(text)} does not match ${pattern}`),
  doesNotMatch: (text: string, pattern: RegExp, message?: string): void =>
    requireTrue(!pattern.test(text), message, () => `${format(text)} matches ${pattern}`),
  fail(message?: string): never {
    throw new Error(message ?? 'failed');
  },
  throws(action: () => unknown, expected?: ErrorPattern, message?: string): void {
    let thrown: { error: unknown } | null = null;
    try {
      action();
    } catch (error) {
      thrown = { error };
    }
    checkThrown(thrown, expected, message);
  },
  async rejects(action: Action, expected?: ErrorPattern, message?: string): Promise<void> {
    let thrown: { error: unknown } | null = null;
    try {
      await (typeof action === 'function' ? action() : action);
    } catch (error) {
      thrown = { error };
    }
    checkThrown(thrown, expected, message);
  },
};

const assert = Object.assign(
  (value: unknown, message?: string) => assertTrue(value, message),
  assertMembers,
) as Assert;

/** Encodes a text as UTF-8, one character a byte, with functions that ECMAScript has. */
const toUtf8 = (text: string): string => unescape(encodeURIComponent(text));
const toLatin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
const packData = (data: Data): Plain => [
  'bytes',
  typeof data === 'string' ? toUtf8(data) : toLatin1(data),
];
const toBytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

interface Values {
  pack(value: unknown): Plain;
  unpack(value: Plain, getFile: (id: number) => OpenFile): unknown;
}

function makeValues(tables: Readonly<Record<string, readonly string[]>>): Values {
  const readFields = (kind: string, list: readonly Plain[]): Fields =>
    Object.fromEntries(tables[kind]!.map((name, at) => [name, list[at] as number | string]));
  const readDictValue = (type: string, value: Plain): unknown => {
    if (type === 'bin' || type === 'mdata') return toBytes(value as string);
    return type === 'iatt' ? readFields('iatt', value as readonly Plain[]) : value;
  };
  const readDict = (columns: readonly Plain[]): Map<string, unknown> => {
    const [types, , keys, values] = columns as [string, number[], string[], Plain[]];
    const typeList = types.split(' ');
    return new Map(keys.map((key, at) => [key, readDictValue(typeList[at]!, values[at]!)]));
  };
  const packDict = (entries: Iterable<readonly [string, unknown]>): Plain => [
    'dict',
    [...entries].map(([key, value]) => {
      if (typeof value === 'number')
        return [key, Number.isInteger(value) ? 'int' : 'double', value];
      return typeof value === 'string'
        ? [key, 'str', value]
        : [key, 'bin', toLatin1(value as Uint8Array)];
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
    unpack(value, getFile) {
      if (!Array.isArray(value)) return value;
      const [kind, first, second] = value as readonly Plain[];
      const list = first as readonly Plain[];
      if (kind === 'bytes') return toBytes(first as string);
      if (kind === 'fd') return getFile(first as number);
      if (kind === 'inode') return { gfid: first, iaType: second };
      if (kind === 'dict') return readDict(list);
      if (kind === 'locklist')
        return list.map((lock) => readFields('flock', lock as readonly Plain[]));
      if (kind === 'entries') {
        return list.map((entry) => {
          const [name, off, type, gfid, stat] = entry as readonly Plain[];
          const buf = stat === null ? null : readFields('iatt', stat as readonly Plain[]);
          return { name, off, type, gfid, stat: buf };
        });
      }
      return typeof kind === 'string' && kind in tables && Array.isArray(first)
        ? readFields(kind, list)
        : value;
    },
  };
}

/** A started graph, and two ways to send a message: `ask` gets the result later. */
interface GraphAccess {
  send(...message: Plain[]): Plain;
  ask(verb: string, ...message: Plain[]): Promise<Plain>;
  readonly values: Values;
  readonly number: number;
  readonly childCount: number;
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
/** The child index that stands for the top of the graph. */
const TOP = -1;

/** Operations whose arguments and results need no conversion of their own. */
const PLAIN_OPERATIONS =
  'lookup stat exists listdir mkdir mknod symlink link unlink rmdir rename readlink read truncate ' +
  'chmod chown utime access statfs getxattr listxattr removexattr open';

function makeFiles(access: GraphAccess, child: number, caller: CallerSettings): FileOperations {
  const { ask, values, number } = access;
  const user = { ...caller, groups: [...caller.groups] };
  const call = (operation: string, ...args: Plain[]): Promise<Plain> =>
    ask('do', number, child, user, operation, ...args);
  const run = async (operation: string, ...args: unknown[]): Promise<unknown> =>
    values.unpack(await call(operation, ...args.map(values.pack)), getFile);
  const getFile = (id: number): OpenFile => ({
    id,
    read: (size, offset) => run('file.read', id, size, offset) as Promise<Uint8Array>,
    write: (data, offset) => call('file.write', id, packData(data), offset ?? 0) as Promise<number>,
    truncate: (size = 0) => run('file.truncate', id, size) as Promise<void>,
    stat: () => run('file.stat', id) as Promise<Fields>,
    fsync: () => run('file.fsync', id) as Promise<void>,
    close: () => run('file.close', id) as Promise<void>,
  });
  const fop = new Proxy({} as Record<string, (...args: readonly unknown[]) => Promise<FopReply>>, {
    get:
      (_, name) =>
      async (...args: readonly unknown[]) => {
        const reply = await call('fop', String(name), ...args.map(values.pack));
        const {
          opRet,
          opErrno,
          values: parts,
          timeouts,
        } = reply as unknown as {
          opRet: number;
          opErrno: number;
          values: Readonly<Record<string, Plain>>;
          timeouts: FopReply['timeouts'];
        };
        const partEntries = Object.entries(parts).map(([key, part]) => [
          key,
          values.unpack(part, getFile),
        ]);
        return { opRet, opErrno, timeouts, ...Object.fromEntries(partEntries) };
      },
  });
  const operations = Object.fromEntries(
    PLAIN_OPERATIONS.split(' ').map((name) => [name, (...args: unknown[]) => run(name, ...args)]),
  );
  return {
    ...(operations as unknown as FileOperations),
    fop,
    listdir: (path = '/') => run('listdir', path) as Promise<string[]>,
    write: (path, data, offset) =>
      call('write', path, packData(data), offset ?? null) as Promise<number>,
    setxattr: (path, name, value, flags = 0) =>
      call('setxattr', path, name, packData(value), flags) as unknown as Promise<void>,
    async readText(path) {
      const bytes = (await run('read', path)) as Uint8Array;
      return decodeURIComponent(escape(toLatin1(bytes)));
    },
  };
}

/** Makes the functions for one storage. @param child null for all: operations then enter at the top */
function makeBelow(access: GraphAccess, child: number | null, caller: CallerSettings): Below {
  const { send, values, number } = access;
  const refuseFile = (): never => {
    throw new Error('a file of another graph or user');
  };
  return {
    ...makeFiles(access, child ?? TOP, caller),
    asked: (fop) =>
      (send('asked', number, child, fop ?? null) as unknown as readonly Asked[]).map((request) => ({
        ...request,
        args: Object.fromEntries(
          Object.entries(request.args).map(([key, value]) => [
            key,
            Array.isArray(value) && value[0] === 'fd'
              ? value
              : values.unpack(value as Plain, refuseFile),
          ]),
        ),
      })),
    fail: (fop, errno, { path, times } = {}) =>
      void send('fail', number, child, fop, errno, path ?? null, times ?? null),
    leaveErrno: (fop, errno) => void send('leave_errno', number, child, fop, errno),
    mend: () => void send('mend', number, child),
    changed: (path) => void send('changed', number, child, path),
    sayUp: (up = true) => void send('up', number, child, up),
    hold: (fop) => void send('hold', number, child, fop ?? null),
    release: (path) => void send('release', number, child, path ?? null),
  };
}

function makeGraph(access: GraphAccess, caller: CallerSettings): TestGraph {
  const { send, number, childCount } = access;
  const children = Array.from({ length: childCount }, (_, at) => makeBelow(access, at, caller));
  const readLog = (): readonly LogLine[] =>
    (send('log', number) as readonly Plain[]).map((line) => {
      const [level, file, number, func, text] = line as [string, string, number, string, string];
      return { level, file, line: number, func, text };
    });
  return {
    ...makeBelow(access, null, caller),
    children,
    child: children[0]!,
    asUser: (uid, gid = uid, groups = [], pid = 1) =>
      makeGraph(access, { ...caller, uid, gid, groups, pid }),
    connect: (uid) =>
      makeGraph(access, { ...caller, client: send('connect', number, uid ?? null) as number }),
    disconnect: () => void send('disconnect', number, caller.client ?? 0),
    advance: (seconds) => void send('advance', seconds),
    clear: () => void send('clear', number),
    get isUp() {
      return send('isUp', number) as boolean;
    },
    get invalidated() {
      return send('invalidated', number) as unknown as readonly Invalidated[];
    },
    get log() {
      return readLog();
    },
    logged: (text) => readLog().some((line) => line.text.includes(text)),
  };
}
