/**
 * A Python module as a guest of the host translator: runs the glupy package in an engine, and calls
 * its entry points. The Python side is `python/glupy/_bridge.py`.
 */
import { CONTINUE } from '../../runtime/core/line-stops.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { EnterGuest, ModuleDescription, NoteTaker, StateHookName } from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import {
  Evaluations,
  hostRows,
  InterpretedGuest,
  makeStartError,
} from '../host/interpreted-guest.ts';
import type {
  DebuggerTerminal,
  GuestSettings,
  LineDebugger,
  ModuleFile,
  StartGuest,
} from '../host/language.ts';
import { readDescription } from '../host/lifecycle/module-options.ts';
import type { GrantedFiles } from '../host/machine.ts';
import { dirname } from '../host/paths.ts';
import {
  type Call,
  createEngine,
  type Engine,
  EngineError,
  type Handle,
  type HostFunction,
} from './engine.ts';
import { findImport } from './imports.ts';
import {
  addPackages,
  CONFINE,
  IMPORTS,
  type PackageSink,
  packageFiles,
  SITE,
} from './own-files.ts';

/** A module for the original glupy, which needs ctypes before its first line runs. */
const OLD_STYLE = /^\s*(?:from|import)\s+gluster\b/m;

const f = (
  params: string,
  result: HostFunction['result'],
  call: (...args: never[]) => unknown,
): HostFunction => ({ params, result, call: call as HostFunction['call'] });

const hostFunctions = (
  host: GuestHost,
  evaluations: Evaluations,
): Record<string, HostFunction> => ({
  ...Object.fromEntries(
    hostRows(host, evaluations).map(([name, params, result, call]) => [
      name,
      f(params, result, call),
    ]),
  ),
  fetch: f('iii', 's', (id: number, wind: number, i: number) => host.fetch(id, wind, i)),
  dict: f('iii', 'd', (id: number, wind: number, i: number) => host.fetchDict(id, wind, i)),
  data: f('iii', 'm', (id: number, wind: number, i: number) => host.fetchBytes(id, wind, i)),
  put: f('b', 'i', (bytes: Uint8Array) => host.putBytes(bytes)),
});

/** Host functions of a debugger in the mount's terminal. */
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

/** Host functions of a debugger in another thread. */
const lineFunctions = (lines: LineDebugger | undefined): Record<string, HostFunction> => ({
  line_told: f('s', 'v', (json: string) => lines?.send(json)),
  line_wait: { ...f('', 's', () => lines?.waitForCommand() ?? CONTINUE), waits: true },
});

export const startPython: StartGuest = async (module, host, settings) => {
  const { machine } = settings;
  const evaluations = new Evaluations();
  const files = machine.openFiles(settings.grants);
  const allowPackage = (init: string): void => {
    if (files.grantState('read', init) !== 1) files.grant('read', dirname(init));
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
      // A package may read its own folder, and no more.
      if (found !== undefined && isPackage(found.path) && !found.path.startsWith(SITE)) {
        allowPackage(found.path);
      }
      return found;
    },
    files,
    env: settings.grants.env,
    refused: (what) => host.logRefusal(source(module.path), `refused: ${what}`),
    hostFunctions: {
      ...hostFunctions(host, evaluations),
      ...terminalFunctions(settings.terminal),
      ...lineFunctions(settings.lines),
    },
    preload: packageFiles(machine.parts),
    imports: IMPORTS,
    timeLimit: settings.timeLimit * 1000,
    volume: settings.volume,
    memoryLimit: settings.memoryLimit,
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
      files.grant('read', path);
      addFolder(path);
    },
    addWheel: (name, data) => addWheel(name, data) ?? '',
  };
}

const source = (file: string): LogSource => ({ file, line: 0, func: '-' });

function explain(error: unknown, module: ModuleFile): Error {
  if (!(error instanceof EngineError)) return error as Error;
  const { script, message } = error;
  const trace = script?.traceback.replace(OWN_FRAMES, '').trimEnd();
  // A traceback without the module's frames adds nothing.
  const shown = trace?.includes('\n  File "') ? `\n${trace}` : '';
  return makeStartError(module, message, Boolean(script?.file), shown);
}

/** Matches glupy's own frames in a traceback. */
const OWN_FRAMES = new RegExp(`^ {2}File "${SITE}/(?:glupy|gluster)/.*\\n(?: {4}.*\\n)*`, 'gm');

/** Finds the note-taking functions at the first observed call. */
function notingOf(engine: Engine): NoteTaker {
  const find = () => {
    const notes = engine.module('glupy._notes');
    return {
      before: engine.entry(engine.get(notes, 'before'), 'is', 'v'),
      after: engine.entry(engine.get(notes, 'after'), '', 's'),
      stop: engine.entry(engine.get(notes, 'stop'), '', 'v'),
    };
  };
  let calls: ReturnType<typeof find> | null = null;
  return {
    sampleBefore(id, what) {
      calls ??= find();
      calls.before(id, what);
    },
    readChanges: () => calls?.after() ?? '{}',
    stop: () => void calls?.stop(),
  };
}

class PythonGuest extends InterpretedGuest<Engine> {
  readonly language = 'python';
  readonly noteTaker: NoteTaker;
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  readonly #bridge: Handle;
  readonly #class: Handle;
  readonly #tell: Call<string | undefined>;
  readonly #evaluate: Call<number>;
  readonly #line: Call<string | undefined>;

  constructor(
    engine: Engine,
    module: ModuleFile,
    settings: GuestSettings,
    evaluations: Evaluations,
    sources: readonly string[],
  ) {
    super(engine, module, settings, evaluations);
    this.sources = sources;
    this.noteTaker = notingOf(engine);
    try {
      this.#bridge = engine.module('glupy._bridge');
      if (settings.virtualTime) {
        engine.entry(engine.get(engine.module('glupy._clock'), 'install'), '', 'v')();
      }
      this.#line = engine.entry(engine.get(engine.module('glupy._lines'), 'command'), 's', 's');
      const watched = settings.lines?.initialBreakpoints;
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
    this.#tell = engine.entry(this.#helper('tell'), 's', 's');
    this.#evaluate = engine.entry(this.#helper('evaluate'), 'is', 'v');
  }

  create(volume: string, children: readonly (readonly [string, string])[], options: object): void {
    const create = this.engine.entry(this.#helper('create'), 'osss', 'v');
    try {
      create(this.#class, volume, JSON.stringify(children), JSON.stringify(options));
    } catch (error) {
      throw explain(error, this.module);
    }
  }

  protected findEntry(helper: string, name: string, kinds: string): EnterGuest {
    const find = this.engine.entry(this.#helper(helper), 's', 'o');
    // Their caller recovers from an aborted shared turn.
    return this.engine.entries(find(name), kinds, true);
  }

  protected findHookEntry(name: string, kinds: string): EnterGuest {
    return this.engine.entries(this.#helper(name), kinds);
  }

  protected runStateHook(name: StateHookName): string | undefined {
    return this.#tell(name);
  }

  protected runLine(id: number, source: string): void {
    this.#evaluate(id, source);
  }

  runLineCommand(command: string): string {
    return this.#line(command)!;
  }

  #helper(name: string): Handle {
    return this.engine.get(this.#bridge, name);
  }
}
