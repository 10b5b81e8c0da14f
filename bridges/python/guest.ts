/**
 * A Python module as a guest of the host translator: the glupy package in an engine, its entry
 * points as functions. The Python side is `python/glupy/_bridge.py`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FopRow, findFop } from '../../runtime/core/fops.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { kinds, LOC_KINDS } from '../host/flatten.ts';
import type {
  Entry,
  Guest,
  GuestHost,
  HookName,
  ModuleDescription,
  Scalar,
} from '../host/guest.ts';
import { FAILED } from '../host/guest.ts';
import type { FoundModule, GuestSettings, StartGuest } from '../host/languages.ts';
import {
  createEngine,
  type Engine,
  EngineError,
  type Handle,
  type HostFunction,
} from './engine.ts';
import { findImport } from './imports.ts';

const SITE = '/lib/python3.14/site-packages';

/** The package that modules import, as it goes into every interpreter. */
function glupyPackage() {
  const folder = join(packageRoot, 'python', 'glupy');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.py'))
    .sort()
    .map((file) => ({
      path: `${SITE}/glupy/${file}`,
      source: readFileSync(join(folder, file), 'utf8'),
    }));
}

/** Standard modules that nearly every translator wants: part of the snapshot, so they are free. */
const IMPORTS = ['asyncio', 'collections', 'contextlib', 'functools', 'json', 'logging', 're'];

function lend(host: GuestHost): Record<string, HostFunction> {
  const f = (
    params: string,
    result: HostFunction['result'],
    call: (...args: never[]) => unknown,
  ) => ({ params, result, call: call as HostFunction['call'] });
  return {
    push: f('is', 'v', (id: number, message: string) => host.push(id, message)),
    fetch: f('iii', 's', (id: number, wind: number, i: number) => host.fetch(id, wind, i)),
    data: f('iii', 'm', (id: number, wind: number, i: number) => host.data(id, wind, i)),
    put: f('b', 'i', (bytes: Uint8Array) => host.put(bytes)),
    inode: f('i', 's', (id: number) => host.inode(id)),
    fd: f('i', 's', (id: number) => host.fd(id)),
    root: f('i', 's', (id: number) => host.root(id)),
    track: f('i', 'i', (id: number) => host.track(id)),
    track_fd: f('i', 'i', (id: number) => host.trackFd(id)),
    close_fd: f('i', 'i', (id: number) => host.closeFd(id)),
    lost: f('i', 'v', (id: number) => host.lost(id)),
    now: f('', 'i', () => host.now()),
    after: f('i', 'v', (ms: number) => host.after(ms)),
    logs: f('i', 'i', (level: number) => host.logs(level)),
    log: f('isiss', 'v', (level: number, file: string, line: number, func: string, text: string) =>
      host.log(level, { file, line, func }, text),
    ),
  };
}

export const startPython: StartGuest = async (module, host, settings) => {
  const engine = await createEngine({
    print: (stream, line) => settings.log(stream === 1 ? 7 : 5, source(module.path), line),
    findModule: (name) => findImport(name, module),
    hostFunctions: lend(host),
    preload: glupyPackage(),
    imports: [...IMPORTS, 'glupy', 'glupy._bridge'],
    timeLimit: settings.timeLimit * 1000,
    memoryLimit: settings.memoryLimit,
    log: settings.notice,
  });
  try {
    return new PythonGuest(engine, module, settings);
  } catch (error) {
    engine.close();
    throw error;
  }
};

const source = (file: string): LogSource => ({ file, line: 0, func: '-' });

/** What a failure at start says: the module's own place, and the way there. */
function explain(error: unknown, module: FoundModule): Error {
  if (!(error instanceof EngineError)) return error as Error;
  const { script } = error;
  const message = script?.file ? error.message : `${module.path}: ${error.message}`;
  const trace = script?.traceback.replace(OWN_FRAMES, '').trimEnd();
  return new Error(trace ? `${message}\n${trace}` : message);
}

/** The package's own calls in a traceback, with the lines that show them. */
const OWN_FRAMES = new RegExp(`^ {2}File "${SITE}/glupy/.*\\n(?: {4}.*\\n)*`, 'gm');

class PythonGuest implements Guest {
  readonly language = 'python';
  readonly description: ModuleDescription;
  readonly #engine: Engine;
  readonly #module: FoundModule;
  readonly #settings: GuestSettings;
  readonly #bridge: Handle;
  readonly #class: Handle;
  readonly #hooks = new Map<string, Entry>();
  readonly #tick: Entry;
  readonly #cancel: Entry;
  readonly #forget: Entry;
  readonly #release: Entry;
  readonly #collect: Entry;

  constructor(engine: Engine, module: FoundModule, settings: GuestSettings) {
    this.#engine = engine;
    this.#module = module;
    this.#settings = settings;
    try {
      this.#bridge = engine.module('glupy._bridge');
      const loaded = engine.load(module.name, module.path, module.source);
      const found = engine.entry(this.#helper('find_class'), 'os', 'o');
      this.#class = found(loaded, module.path);
      const describe = engine.entry(this.#helper('describe'), 'os', 's');
      this.description = JSON.parse(describe(this.#class, module.path)!) as ModuleDescription;
    } catch (error) {
      throw explain(error, module);
    }
    this.#tick = this.#entry('tick', '');
    this.#cancel = this.#entry('cancel', 'i');
    this.#forget = this.#entry('forget', 'i');
    this.#release = this.#entry('release', 'i');
    this.#collect = this.#entry('collect', '');
  }

  get dead(): string | undefined {
    return this.#engine.dead?.message;
  }

  get memory(): number {
    return this.#engine.memory;
  }

  create(volume: string, children: readonly (readonly [string, string])[], options: object): void {
    const create = this.#engine.entry(this.#helper('create'), 'osss', 'v');
    try {
      create(this.#class, volume, JSON.stringify(children), JSON.stringify(options));
    } catch (error) {
      throw explain(error, this.#module);
    }
  }

  fop(name: string): Entry {
    return this.#row('entry', name, (row) => `i${kinds(row.args)}`);
  }

  reply(name: string): Entry {
    return this.#row('reply_entry', name, (row) => `iiii${kinds(row.reply)}`);
  }

  hook(name: HookName, args: readonly Scalar[]): number {
    if (this.dead !== undefined) return FAILED;
    let entry = this.#hooks.get(name);
    if (entry === undefined) {
      entry = this.#entry(name, HOOK_PARAMS[name]);
      this.#hooks.set(name, entry);
    }
    return this.#guarded(entry, args);
  }

  tick(): number {
    return this.#guarded(this.#tick, []);
  }

  cancel(id: number): void {
    this.#guarded(this.#cancel, [id]);
  }

  forget(inode: number): number {
    return this.#guarded(this.#forget, [inode]);
  }

  release(fd: number): number {
    return this.#guarded(this.#release, [fd]);
  }

  collect(): number {
    return this.#guarded(this.#collect, []);
  }

  close(): void {
    this.#engine.close();
  }

  /** A call outside of any request: what the engine has to say of it goes to the log. */
  #guarded(entry: Entry, args: readonly Scalar[]): number {
    if (this.#engine.dead !== undefined) return FAILED;
    try {
      return entry(args);
    } catch (error) {
      this.#settings.log(4, source(this.#module.path), (error as Error).message);
      return FAILED;
    }
  }

  #helper(name: string): Handle {
    return this.#engine.get(this.#bridge, name);
  }

  #entry(name: string, params: string): Entry {
    return this.#engine.entries(this.#helper(name), params);
  }

  #row(helper: string, name: string, params: (row: FopRow) => string): Entry {
    const find = this.#engine.entry(this.#helper(helper), 's', 'o');
    return this.#engine.entries(find(name), params(findFop(name)!));
  }
}

const HOOK_PARAMS: Readonly<Record<HookName, string>> = {
  fini: '',
  notify: 's',
  entry_created: LOC_KINDS,
  entry_removed: LOC_KINDS,
};
