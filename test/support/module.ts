/**
 * Runs a module of the host translator in a graph of its own: leaves below that the test answers
 * for, requests above whose replies are kept, a clock that stands still. Folder and interpreter go
 * when the test ends.
 *
 *     const run = await startModule({ 'm.py': source });
 *     const reply = run.ask('stat', run.known('file'), null);
 *     run.leaf.held[0]!.answer(0, 0, buf, null);
 *     run.finish();              // checks that every request had one answer and none is left
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFailed, onTestFinished } from 'vitest';
import type { Host } from '../../bridges/host/host.ts';
import glupy, { type Glupy } from '../../bridges/host/index.ts';
import type { FopName, FopTable } from '../../runtime/core/fops.gen.ts';
import { newRequest, Stack } from '../../runtime/core/frame.ts';
import { collectCbk, windArgs } from '../../runtime/core/generic.gen.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { type LogLevel, TRACE } from '../../runtime/core/log.ts';
import type { Translator, Xlator } from '../../runtime/core/xlator.ts';
import { attributes, FakeContext, gfidOf, HeldLeaf, type Reply } from './core.ts';

export interface ModuleSettings {
  /** The module's file among the files; by default `m`. Null leaves the option out. */
  readonly name?: string | null;
  readonly options?: Readonly<Record<string, string>>;
  /** How many leaves are below; 1 unless told. */
  readonly leaves?: number;
  readonly level?: LogLevel;
  readonly context?: FakeContext;
}

/** A folder with these files, for as long as the test runs. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-module-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
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

  constructor(graph: Graph, context: FakeContext, leaves: readonly HeldLeaf[]) {
    this.graph = graph;
    this.context = context;
    this.leaves = leaves;
  }

  get leaf(): HeldLeaf {
    return this.leaves[0]!;
  }

  get xl(): Xlator<Glupy> {
    return this.graph.xlators.at(-1) as Xlator<Glupy>;
  }

  get host(): Host {
    return this.xl.priv.host;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** Winds a fop into the module. The reply fills in when it comes. */
  ask<N extends FopName>(name: N, ...args: FopTable[N]['args']): Reply {
    return this.askAs({}, name, ...args);
  }

  askAs<N extends FopName>(caller: Caller, name: N, ...args: FopTable[N]['args']): Reply {
    const { uid = 0, gid = 0, pid = 1, groups = [], lkOwner = '' } = caller;
    const stack = new Stack(uid, gid, pid, name.toUpperCase(), () => groups);
    stack.lkOwner = lkOwner;
    const frame = newRequest(stack, this.graph.top);
    const reply: Reply = { count: 0, opRet: NaN, opErrno: NaN, values: [], frame };
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      Object.assign(reply, { count: reply.count + 1, opRet, opErrno, values });
    });
    this.replies.push(reply);
    windArgs[name](frame, 0, cbk as never, this.graph.links, args);
    return reply;
  }

  /** Takes what leaf number `at` was asked so far. */
  asked(at = 0) {
    return this.leaves[at]!.held.splice(0);
  }

  /** Takes what was logged so far, without the time in front. */
  lines(): string[] {
    const taken = this.context.lines.splice(0).map((line) => line.replace(/^\[.*?\] /, ''));
    this.history.push(...taken);
    return taken;
  }

  /** The loc of a name in the root that the volume knows. */
  known(name: string, iaType = IA_IFREG): Loc {
    const { inodes } = this.graph;
    const gfid = gfidOf(1000 + [...name].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7));
    const inode = inodes.link(inodes.newInode(), this.root, name, attributes(gfid, iaType));
    return new Loc(inode, this.root, name);
  }

  /** The loc of a name in the root that is to be made or looked for. */
  absent(name: string): Loc {
    return new Loc(this.graph.inodes.newInode(), this.root, name);
  }

  /** Checks that every request so far has had one answer, and that the host keeps none. */
  settled(): void {
    expect(this.replies.map(({ count }) => count)).toEqual(this.replies.map(() => 1));
    expect([...this.host.requests.keys()]).toEqual([]);
  }
}

/** A module's files: the folder they are in, or their texts by name. */
export type Files = string | Readonly<Record<string, string>>;

/** A graph of the module over leaves, not yet started. */
export function moduleGraph(files: Files, settings: ModuleSettings = {}): RunningModule {
  const { name = 'm', options = {}, leaves = 1, level = TRACE } = settings;
  const context = settings.context ?? new FakeContext();
  const folder = typeof files === 'string' ? files : folderOf(files);
  const named = name === null ? {} : { 'module-name': name };
  const all = { ...named, 'module-path': folder, ...options };
  const below = Array.from({ length: leaves }, () => new HeldLeaf());
  const file = 'test.vol';
  const specs = below.map((leaf, at) => ({
    name: `leaf${at}`,
    translator: leaf.translator as Translator<unknown>,
    options: [],
    subvolumes: [] as string[],
  }));
  const graph = new Graph(
    [
      ...specs,
      {
        name: 'top',
        translator: glupy as unknown as Translator<unknown>,
        // As if every option had a line of its own below the volume's.
        options: Object.entries(all).map(([key, value], at) => ({
          key,
          value,
          where: `${file}:${at + 2}:5`,
        })),
        subvolumes: specs.map((spec) => spec.name),
        where: `${file}:1:1`,
      },
    ],
    context,
    { default: level, volumes: new Map() },
  );
  return new RunningModule(graph, context, below);
}

/** Starts it, and stops it when the test ends. */
export async function startModule(
  files: Files,
  settings: ModuleSettings = {},
): Promise<RunningModule> {
  const run = moduleGraph(files, settings);
  onTestFailed(() => {
    run.lines();
    console.error(run.history.join('\n'));
  });
  await run.graph.start();
  onTestFinished(() => run.graph.stop());
  return run;
}
