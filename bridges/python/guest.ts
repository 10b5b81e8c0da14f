/**
 * A Python module as a guest of the host translator: the glupy package in an engine, its entry
 * points as functions. The Python side is `python/glupy/_bridge.py`.
 */
import { type FopRow, findFop } from '../../runtime/core/fops.ts';
import { GO_ON } from '../../runtime/core/lines.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import { kinds, LOC_KINDS } from '../host/crossing/flatten.ts';
import type { GrantedFiles } from '../host/files.ts';
import type {
  EnterGuest,
  Evaluation,
  Guest,
  HookName,
  ModuleDescription,
  Noting,
  Scalar,
  TellName,
} from '../host/guest.ts';
import { FAILED } from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import type { FoundModule, GuestSettings, StartGuest } from '../host/language.ts';
import { readDescription } from '../host/lifecycle/module-options.ts';
import type { DebuggerTerminal, LineDebugger } from '../host/module-context.ts';
import { dirname } from '../host/paths.ts';
import { namesFrames } from '../host/profile-names.ts';
import {
  type Call,
  createEngine,
  type Engine,
  EngineError,
  type Handle,
  type HostFunction,
} from './engine.ts';
import { findImport } from './imports.ts';
import { CONFINE, IMPORTS, packageFiles, SITE } from './own-files.ts';
import { addPackages, type PackageSink } from './packages.ts';

/** A module for the original glupy: its ctypes has to be there before its first line runs. */
const OLD_STYLE = /^\s*(?:from|import)\s+gluster\b/m;

const f = (
  params: string,
  result: HostFunction['result'],
  call: (...args: never[]) => unknown,
): HostFunction => ({ params, result, call: call as HostFunction['call'] });

function hostFunctions(host: GuestHost): Record<string, HostFunction> {
  return {
    push: f('is', 'v', (id: number, message: string) => host.push(id, message)),
    fetch: f('iii', 's', (id: number, wind: number, i: number) => host.fetch(id, wind, i)),
    dict: f('iii', 'd', (id: number, wind: number, i: number) => host.dict(id, wind, i)),
    data: f('iii', 'm', (id: number, wind: number, i: number) => host.data(id, wind, i)),
    put: f('b', 'i', (bytes: Uint8Array) => host.put(bytes)),
    invalidate: f('s', 'v', (message: string) => host.invalidate(message)),
    up: f('i', 'v', (isUp: number) => host.up(isUp)),
    child_up: f('i', 'i', (child: number) => host.childUp(child)),
    inode: f('i', 's', (id: number) => host.inode(id)),
    fd: f('i', 's', (id: number) => host.fd(id)),
    root: f('i', 's', (id: number) => host.root(id)),
    client: f('i', 's', (id: number) => host.client(id)),
    alive: f('i', 'i', (id: number) => host.alive(id)),
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

/** A debugger's way to whoever sits at the terminal of the mount. */
function terminalFunctions(terminal: DebuggerTerminal | undefined): Record<string, HostFunction> {
  return {
    has_terminal: f('', 'i', () => (terminal === undefined ? 0 : 1)),
    read_line: {
      ...f('s', 's', (prompt: string) => terminal?.readLine(prompt)),
      waits: true,
    },
    write: f('s', 'v', (text: string) => terminal?.write(text)),
  };
}

/** The same for a debugger elsewhere. */
const lineFunctions = (lines: LineDebugger | undefined): Record<string, HostFunction> => ({
  line_told: f('s', 'v', (json: string) => lines?.told(json)),
  line_wait: { ...f('', 's', () => lines?.wait() ?? GO_ON), waits: true },
});

export const startPython: StartGuest = async (module, host, settings) => {
  const { machine } = settings;
  const evaluations = new Evaluations();
  const files = machine.openFiles(settings.grants);
  const allowPackage = (init: string): void => {
    if (files.state('read', init) !== 1) files.allow('read', dirname(init));
  };
  if (isPackage(module.path)) allowPackage(module.path);
  const sources = [module.source];
  const engine = await createEngine({
    machine,
    print: (stream, line) => settings.log(stream === 1 ? 7 : 5, source(module.path), line),
    findModule(name) {
      const found = findImport(name, module, machine);
      if (found !== undefined && !found.path.startsWith(SITE)) settings.checkForeign(found.path);
      if (found !== undefined && !found.path.startsWith(SITE)) sources.push(found.source);
      // A package brings its data: its own folder, and no more.
      if (found !== undefined && isPackage(found.path) && !found.path.startsWith(SITE)) {
        allowPackage(found.path);
      }
      return found;
    },
    files,
    env: settings.grants.env,
    refused: (what) => host.refused(source(module.path), `refused: ${what}`),
    hostFunctions: {
      ...hostFunctions(host),
      ...terminalFunctions(settings.terminal),
      ...lineFunctions(settings.lines),
      evaluated: f('iis', 'v', (id: number, failed: number, output?: string) =>
        evaluations.end(id, output, failed === 1),
      ),
    },
    preload: packageFiles(machine.parts),
    imports: IMPORTS,
    timeLimit: settings.timeLimit * 1000,
    volume: settings.volume,
    memoryLimit: settings.memoryLimit,
    namesFrames: namesFrames(machine),
    log: settings.notice,
    warn: settings.warn,
  });
  try {
    addPackages(settings.packages, machine.sources, packageSink(engine, files));
    return new PythonGuest(engine, module, settings, evaluations, sources);
  } catch (error) {
    engine.close();
    throw error;
  }
};

const isPackage = (path: string): boolean => path.endsWith('/__init__.py');

function packageSink(engine: Engine, files: GrantedFiles): PackageSink {
  const confine = engine.module(CONFINE);
  const addFolder = engine.entry(engine.get(confine, 'add_folder'), 's', 'v');
  const addWheel = engine.entry(engine.get(confine, 'add_wheel'), 'sb', 's');
  return {
    addFolder(path) {
      files.allow('read', path);
      addFolder(path);
    },
    addWheel: (name, data) => addWheel(name, data) ?? '',
  };
}

const source = (file: string): LogSource => ({ file, line: 0, func: '-' });

/** What a failure at start says: the module's own place, and the way there. */
function explain(error: unknown, module: FoundModule): Error {
  if (!(error instanceof EngineError)) return error as Error;
  const { script } = error;
  // What was found in a class names its place itself.
  const own = error.message.replace(/^TypeError: (?=\/)/, '');
  const placed = script?.file || own !== error.message;
  const message = placed ? own : `${module.path}: ${error.message}`;
  const trace = script?.traceback.replace(OWN_FRAMES, '').trimEnd();
  // Without a frame of the module's it says no more than the message.
  return new Error(trace?.includes('\n  File "') ? `${message}\n${trace}` : message);
}

/** The package's own calls in a traceback, with the lines that show them. */
const OWN_FRAMES = new RegExp(`^ {2}File "${SITE}/(?:glupy|gluster)/.*\\n(?: {4}.*\\n)*`, 'gm');

/** What was typed at a prompt and has not ended. */
class Evaluations {
  readonly #open = new Map<number, (result: Evaluation) => void>();
  #last = 0;

  begin(run: (id: number) => void): Promise<Evaluation> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      this.#open.set(id, resolve);
      run(id);
    });
  }

  /** `output` undefined: the statement goes on in the next line. */
  end(id: number, output: string | undefined, failed = false): void {
    this.#open.get(id)?.({ incomplete: output === undefined, output: output ?? '', failed });
    this.#open.delete(id);
  }

  endAll(output: string): void {
    for (const id of [...this.#open.keys()]) this.end(id, output);
  }
}

/** The calls are found when the first is to be observed. */
class PythonNoting implements Noting {
  readonly #engine: Engine;
  #calls: {
    readonly before: Call<number>;
    readonly after: Call<string | undefined>;
    readonly stop: Call<number>;
  } | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  before(id: number, what: string): void {
    this.#calls ??= this.#find();
    this.#calls.before(id, what);
  }

  after(): string {
    return this.#calls?.after() ?? '{}';
  }

  stop(): void {
    this.#calls?.stop();
  }

  #find() {
    const engine = this.#engine;
    const notes = engine.module('glupy._notes');
    return {
      before: engine.entry(engine.get(notes, 'before'), 'is', 'v'),
      after: engine.entry(engine.get(notes, 'after'), '', 's'),
      stop: engine.entry(engine.get(notes, 'stop'), '', 'v'),
    };
  }
}

class PythonGuest implements Guest {
  readonly language = 'python';
  readonly noting: Noting;
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  readonly #engine: Engine;
  readonly #module: FoundModule;
  readonly #settings: GuestSettings;
  readonly #bridge: Handle;
  readonly #class: Handle;
  readonly #evaluations: Evaluations;
  readonly #hooks = new Map<string, EnterGuest>();
  readonly #tick: EnterGuest;
  readonly #cancel: EnterGuest;
  readonly #interrupt: EnterGuest;
  readonly #forget: EnterGuest;
  readonly #release: EnterGuest;
  readonly #forgetClient: EnterGuest;
  readonly #collect: EnterGuest;
  readonly #tell: Call<string | undefined>;
  readonly #evaluate: Call<number>;
  readonly #line: Call<string | undefined>;

  constructor(
    engine: Engine,
    module: FoundModule,
    settings: GuestSettings,
    evaluations: Evaluations,
    sources: readonly string[],
  ) {
    this.sources = sources;
    this.noting = new PythonNoting(engine);
    this.#engine = engine;
    this.#module = module;
    this.#settings = settings;
    this.#evaluations = evaluations;
    try {
      this.#bridge = engine.module('glupy._bridge');
      if (settings.virtualTime) {
        engine.entry(engine.get(engine.module('glupy._clock'), 'install'), '', 'v')();
      }
      this.#line = engine.entry(engine.get(engine.module('glupy._lines'), 'command'), 's', 's');
      const watched = settings.lines?.watched;
      if (watched !== undefined) this.#line(watched);
      if (OLD_STYLE.test(module.source)) engine.module('gluster');
      const loaded = engine.load(module.name, module.path, module.source);
      const found = engine.entry(this.#helper('find_class'), 'os', 'o');
      this.#class = found(loaded, module.path);
      const describe = engine.entry(this.#helper('describe'), 'os', 's');
      this.description = readDescription(describe(this.#class, module.path)!, module.path);
    } catch (error) {
      throw explain(error, module);
    }
    this.#tick = this.#entry('tick', '');
    this.#cancel = this.#entry('cancel', 'i');
    this.#interrupt = this.#entry('interrupt', 'i');
    this.#forget = this.#entry('forget', 'i');
    this.#release = this.#entry('release', 'i');
    this.#forgetClient = this.#entry('forget_client', 'i');
    this.#collect = this.#entry('collect', '');
    this.#tell = engine.entry(this.#helper('tell'), 's', 's');
    this.#evaluate = engine.entry(this.#helper('evaluate'), 'is', 'v');
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

  fop(name: string): EnterGuest {
    return this.#row('entry', name, (row) => `i${kinds(row.args)}`);
  }

  reply(name: string): EnterGuest {
    return this.#row('reply_entry', name, (row) => `iiii${kinds(row.reply)}`);
  }

  hook(name: HookName, args: readonly Scalar[]): number {
    if (this.dead !== undefined) return FAILED;
    let entry = this.#hooks.get(name);
    if (entry === undefined) {
      entry = this.#entry(name, HOOK_PARAMS[name]);
      this.#hooks.set(name, entry);
    }
    return this.#call(entry, args);
  }

  tell(name: TellName): string | undefined {
    return this.#guarded(() => this.#tell(name), undefined);
  }

  tick(): number {
    return this.#call(this.#tick, []);
  }

  cancel(id: number): void {
    this.#call(this.#cancel, [id]);
  }

  interrupt(id: number): number {
    return this.#call(this.#interrupt, [id]);
  }

  forget(inode: number): number {
    return this.#call(this.#forget, [inode]);
  }

  release(fd: number): number {
    return this.#call(this.#release, [fd]);
  }

  forgetClient(client: number): number {
    return this.#call(this.#forgetClient, [client]);
  }

  collect(): number {
    return this.#call(this.#collect, []);
  }

  evaluate(text: string): Promise<Evaluation> {
    return this.#evaluations.begin((id) => {
      try {
        this.#evaluate(id, text);
      } catch (error) {
        this.#evaluations.end(id, `${(error as Error).message}\n`, true);
      }
    });
  }

  line(command: string): string {
    return this.#line(command)!;
  }

  close(): void {
    this.#engine.close();
    this.#evaluations.endAll('the interpreter was closed\n');
  }

  /** A call outside of any request: what the engine has to say of it goes to the log. */
  #guarded<R>(call: () => R, failed: R): R {
    if (this.#engine.dead !== undefined) return failed;
    try {
      return call();
    } catch (error) {
      this.#settings.log(4, source(this.#module.path), (error as Error).message);
      return failed;
    }
  }

  #call(entry: EnterGuest, args: readonly Scalar[]): number {
    return this.#guarded(() => entry(args), FAILED);
  }

  #helper(name: string): Handle {
    return this.#engine.get(this.#bridge, name);
  }

  #entry(name: string, params: string): EnterGuest {
    return this.#engine.entries(this.#helper(name), params);
  }

  #row(helper: string, name: string, params: (row: FopRow) => string): EnterGuest {
    const find = this.#engine.entry(this.#helper(helper), 's', 'o');
    // The interpreter that calls these can put right what a shared turn has abandoned.
    return this.#engine.entries(find(name), params(findFop(name)!), true);
  }
}

const HOOK_PARAMS: Readonly<Record<HookName, string>> = {
  fini: '',
  notify: 'si',
  client_disconnect: 'i',
  entry_created: LOC_KINDS,
  entry_removed: LOC_KINDS,
  reconfigure: 's',
  load_state: 's',
};
