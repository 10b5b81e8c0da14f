/**
 * Runs a module in its own graph, by the host translator or in the process itself. The test answers
 * for the leaves below, requests above store their replies, and the clock stands still. Folder and
 * interpreter are removed when the test ends.
 *
 *     const run = await startModule({ 'm.py': source });
 *     const reply = run.ask('stat', run.known('file'), null);
 *     run.leaf.held[0]!.answer(0, 0, buf, null);
 *     run.finish();              // checks that every request had one answer and none is left
 */
import { join } from 'node:path';
import { expect, onTestFailed, onTestFinished } from 'vitest';
import glupy from '../../bridges/glupy.ts';
import type { GlupyState } from '../../bridges/host/index.ts';
import type { Host } from '../../bridges/host/lifecycle/host.ts';
import { parts } from '../../bridges/machine/node/parts.ts';
import nativeTranslator from '../../bridges/native/index.ts';
import { GraphError } from '../../runtime/core/errors.ts';
import { makeFirstFrame, Stack } from '../../runtime/core/frame.ts';
import {
  collectCbk,
  type FopName,
  type FopTable,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { type LogLevel, TRACE } from '../../runtime/core/log.ts';
import { Loc } from '../../runtime/core/operands.ts';
import type {
  Dump,
  ReloadResult,
  Translator,
  VolumeSpec,
  Xlator,
} from '../../runtime/core/xlator.ts';
import { FakeContext, HeldLeaf, makeAttributes, makeGfid, type Reply } from './core.ts';
import { makeFolder } from './folder.ts';

/** A language of modules: its loader, and functions to inspect it. */
export interface Language {
  readonly translator: Translator<unknown>;
  /** Options that lead to the module. `name` null leaves its own out. */
  find(folder: string, name: string | null): Record<string, string>;
  /** A mistyped option of the loader, and the intended one. */
  readonly slip: readonly [given: string, meant: string];
  /** Requests that the loader keeps account of; absent when frames alone do. */
  countKept?(run: RunningModule): number;
  /** Clients that its side knows; absent when that is not to be seen. */
  countClients?(run: RunningModule): number;
  /** Whether unchanged values leave a module as equal copies. */
  readonly copies?: boolean;
  /** False if log lines have no file and line, because the language does not tell a function its caller's. */
  readonly hasLines?: false;
  /** Calls `tell` with the number of each inode whose contexts have ended. */
  onForgotten(run: RunningModule, tell: (id: number) => void): (inode: Inode) => void;
}

/** features/glupy: any language with an interpreter. */
export const hostedLanguage: Language = {
  translator: glupy as unknown as Translator<unknown>,
  find: (folder, name) => ({
    ...(name === null ? {} : { 'module-name': name }),
    'module-path': folder,
  }),
  slip: ['time-limt', 'time-limit'],
  countKept: (run) => run.host.pending.size,
  countClients: (run) => run.host.interpreter.api.clients.size,
  onForgotten(run, tell) {
    const { guest } = run.host.interpreter;
    const hook = guest.callHook.bind(guest);
    guest.callHook = (name, args) => {
      if (name === 'forget') tell(args[0] as number);
      return hook(name, args);
    };
    return () => {};
  },
};

/** features/glupy with the module in a thread of its own. */
export const isolatedLanguage: Language = {
  ...hostedLanguage,
  find(folder, name) {
    shareInterpreters();
    return { ...hostedLanguage.find(folder, name), isolation: 'thread' };
  },
};

/** features/native: files with this extension. Only the inode references its contexts. */
export const nativeLanguage = (extension: string): Language => ({
  translator: nativeTranslator as unknown as Translator<unknown>,
  find(folder, name): Record<string, string> {
    return name === null ? {} : { 'module-path': join(folder, name + extension) };
  },
  slip: ['module-pth', 'module-path'],
  onForgotten(_run, tell) {
    const registry = new FinalizationRegistry(tell);
    return (inode) => registry.register(inode, inode.id);
  },
});

let usual = hostedLanguage;

/** Sets the default language of later modules; called by a file before it imports test files. */
export function setDefaultLanguage(language: Language): void {
  usual = language;
}

export interface ModuleSettings {
  /** `hosted` by default. */
  readonly language?: Language;
  /** The module's file among the files; by default `m`. Null leaves the option out. */
  readonly name?: string | null;
  readonly options?: Readonly<Record<string, string>>;
  /** The number of leaves below; 1 by default. */
  readonly leaves?: number;
  readonly level?: LogLevel;
  readonly context?: FakeContext;
}

export interface Caller {
  readonly uid?: number;
  readonly gid?: number;
  readonly pid?: number;
  readonly groups?: readonly number[];
  readonly lkOwner?: string;
}

export class RunningModule {
  readonly graph: Graph;
  readonly context: FakeContext;
  readonly leaves: readonly HeldLeaf[];
  readonly replies: Reply[] = [];
  /** All that was logged and taken. */
  readonly history: string[] = [];
  readonly language: Language;
  /** Reconfigures the volume with these additional options. @throws {GraphError} */
  reconfigure!: (changes: Readonly<Record<string, string>>) => void;

  constructor(graph: Graph, context: FakeContext, leaves: readonly HeldLeaf[], language: Language) {
    this.graph = graph;
    this.context = context;
    this.leaves = leaves;
    this.language = language;
  }

  get leaf(): HeldLeaf {
    return this.leaves[0]!;
  }

  get xl(): Xlator<GlupyState> {
    return this.graph.xlators.at(-1) as Xlator<GlupyState>;
  }

  get host(): Host {
    return this.xl.priv.host;
  }

  /** The statedump of the volume. */
  dump(): Dump {
    return this.xl.translator.dump!(this.xl);
  }

  reload(): Promise<ReloadResult> {
    return this.xl.translator.reload!(this.xl)!;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** Why the graph does not start. */
  async findStartProblems(): Promise<readonly string[]> {
    const error = await this.graph.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    return (error as GraphError).problems;
  }

  /** Winds a fop into the module; the returned reply is filled in later. */
  ask<N extends FopName>(name: N, ...args: FopTable[N]['args']): Reply {
    return this.askAs({}, name, ...args);
  }

  askAs<N extends FopName>(caller: Caller, name: N, ...args: FopTable[N]['args']): Reply {
    const { uid = 0, gid = 0, pid = 1, groups = [], lkOwner = '' } = caller;
    const stack = new Stack(uid, gid, pid, name.toUpperCase(), () => groups);
    stack.lkOwner = lkOwner;
    const frame = makeFirstFrame(stack, this.graph.top);
    const reply: Reply = { count: 0, opRet: NaN, opErrno: NaN, values: [], frame };
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      Object.assign(reply, { count: reply.count + 1, opRet, opErrno, values });
    });
    this.replies.push(reply);
    windArgs[name](frame, 0, cbk as never, this.graph.links, args);
    return reply;
  }

  /** Takes the requests that leaf number `at` has received. */
  takeRequests(at = 0) {
    return this.leaves[at]!.requests.splice(0);
  }

  /** Takes the log lines so far, without their time. */
  takeLines(): string[] {
    const newLines = this.context.lines.splice(0).map((line) => line.replace(/^\[.*?\] /, ''));
    this.history.push(...newLines);
    return newLines;
  }

  /** The loc of a name in the root that the volume knows. */
  knownLoc(name: string, iaType = IA_IFREG): Loc {
    const { inodes } = this.graph;
    const gfid = makeGfid(1000 + [...name].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7));
    const inode = inodes.link(inodes.newInode(), this.root, name, makeAttributes(gfid, iaType));
    return new Loc(inode, this.root, name);
  }

  /** The loc of an absent name in the root. */
  absentLoc(name: string): Loc {
    return new Loc(this.graph.inodes.newInode(), this.root, name);
  }

  /** Checks that every request has one answer, and that none is stored or pending. */
  expectSettled(): void {
    expect(this.replies.map(({ count }) => count)).toEqual(this.replies.map(() => 1));
    this.expectKept(0);
    expect(this.xl.calls.size).toBe(0);
  }

  /** Checks how many requests the loader keeps, where it keeps account of them. */
  expectKept(count: number): void {
    if (this.language.countKept !== undefined) expect(this.language.countKept(this)).toBe(count);
  }
}

/** A module's files: the folder they are in, or their texts by name. */
export type Files = string | Readonly<Record<string, string>>;

/** A graph of the module over leaves, not yet started. */
export function makeModuleGraph(files: Files, settings: ModuleSettings = {}): RunningModule {
  const { name = 'm', options = {}, leaves = 1, level = TRACE } = settings;
  const context = settings.context ?? new FakeContext();
  const folder = typeof files === 'string' ? files : makeFolder(files);
  const language = settings.language ?? usual;
  const moduleOptions = language.find(folder, name);
  const all = { ...moduleOptions, ...options };
  // As if every option had a line of its own below the volume's, the module's own from line 4 on.
  const line = name === null ? 2 : 4 - Object.keys(moduleOptions).length;
  const below = Array.from({ length: leaves }, () => new HeldLeaf());
  const file = 'test.vol';
  const bottom = below.map((leaf, at) => ({
    name: `leaf${at}`,
    translator: leaf.translator as Translator<unknown>,
    options: [],
    subvolumes: [] as string[],
  }));
  const makeVolumes = (more: Readonly<Record<string, string>>): readonly VolumeSpec[] => [
    ...bottom,
    {
      name: 'top',
      translator: language.translator,
      options: Object.entries({ ...all, ...more }).map(([key, value], at) => ({
        key,
        value,
        position: `${file}:${at + line}:5`,
      })),
      subvolumes: bottom.map((spec) => spec.name),
      position: `${file}:1:1`,
    },
  ];
  const graph = new Graph(makeVolumes({}), context, { default: level, volumes: new Map() });
  const run = new RunningModule(graph, context, below, language);
  run.reconfigure = (changes) => graph.reconfigure(makeVolumes(changes));
  return run;
}

/** Starts it, and stops it when the test ends. */
export async function startModule(
  files: Files,
  settings: ModuleSettings = {},
): Promise<RunningModule> {
  const run = makeModuleGraph(files, settings);
  onTestFailed(() => {
    run.takeLines();
    console.error(run.history.join('\n'));
  });
  await run.graph.start();
  onTestFinished(() => run.graph.stop());
  return run;
}

/** Makes the function that starts one of a folder's modules by its name, without the lines of its start. */
export const makeQuietStart =
  (folder: Files, language: Language = hostedLanguage) =>
  async (name: string, settings: ModuleSettings = {}): Promise<RunningModule> => {
    const run = await startModule(folder, { name, language, ...settings });
    run.takeLines();
    return run;
  };

const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { Module: new (bytes: Uint8Array) => object };
};

const referenced: object[] = [];

/**
 * Keeps interpreters, as long as this process lives, for threads that come and go. V8 drops the compiled code of a
 * WebAssembly module with its last user; each thread would compile its interpreter anew, half of its start.
 */
function shareInterpreters(): void {
  if (referenced.length > 0) return;
  for (const name of ['quickjs.wasm', 'pyodide/pyodide.asm.wasm']) {
    referenced.push(new wasm.Module(parts.readBytes(name)));
  }
}
