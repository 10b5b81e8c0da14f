/**
 * Starts a Python module as a guest of the host translator: runs the glupy package in an engine,
 * and calls its entry points. The Python side is `python/glupy/_bridge.py`.
 */
import { CONTINUE_MESSAGE } from '../../runtime/core/line-stops.ts';
import { INFO, type LogSource, WARNING } from '../../runtime/core/log.ts';
import { type HostFunctions, makeHostFunction } from '../host/crossing/kinds.ts';
import type { EnterGuest, ModuleDescription, NoteTaker, StateHookName } from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import {
  Evaluations,
  InterpretedGuest,
  makeSharedFunctions,
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
import { GRANT_STATE, type GrantedFiles } from '../host/machine.ts';
import { dirname } from '../host/paths.ts';
import { ChildConnections } from '../host/requests/child-connections.ts';
import { type Call, createEngine, type Engine, EngineError, type Handle } from './engine.ts';
import { findImport } from './imports.ts';
import {
  addPackages,
  CONFINE_MODULE,
  type PackageSink,
  readGlupyFiles,
  SITE_FOLDER,
  SNAPSHOT_IMPORTS,
} from './python-files.ts';

/** Matches a module for GlusterFS's own glupy, which needs ctypes before its first line runs. */
const IMPORTS_GLUSTER = /^\s*(?:from|import)\s+gluster\b/m;

/** Makes the host functions that every module gets. */
const makeHostFunctions = (host: GuestHost, evaluations: Evaluations): HostFunctions => ({
  ...makeSharedFunctions(host, evaluations),
  // A received value is named by its request, wind and index (crossing/decision.ts).
  fetch: makeHostFunction('iii', 's', (...origin) => host.fetchJson(...origin)),
  dict: makeHostFunction('iii', 'd', (...origin) => host.fetchDict(...origin)),
  data: makeHostFunction('iii', 'm', (...origin) => host.fetchBytes(...origin)),
  put: makeHostFunction('b', 'i', (bytes) => host.putBytes(bytes)),
  lend: makeHostFunction('a', 'v', (bytes) => host.lendBytes(bytes)),
  send_below: makeHostFunction('ib', 'i', (child, bytes) => host.sendToChild(child, bytes)),
  take_below: makeHostFunction('i', 'b', (child) => host.takeChildReplies(child)),
});

/** Makes the host functions of a debugger in the mount's terminal. */
const makeTerminalFunctions = (terminal: DebuggerTerminal | undefined): HostFunctions => ({
  has_terminal: makeHostFunction('', 'i', () => (terminal === undefined ? 0 : 1)),
  read_line: makeHostFunction('s', 's', (prompt) => terminal?.readLine(prompt), true),
  write: makeHostFunction('s', 'v', (text) => void terminal?.write(text)),
});

/** Makes the host functions of a debugger in another thread. */
const makeLineFunctions = (lines: LineDebugger | undefined): HostFunctions => ({
  line_told: makeHostFunction('s', 'v', (json) => void lines?.send(json)),
  line_wait: makeHostFunction('', 's', () => lines?.waitForCommand() ?? CONTINUE_MESSAGE, true),
});

/** Starts an interpreter and loads a Python module into it. */
export const startPython: StartGuest = async (module, host, settings) => {
  const { machine } = settings;
  const evaluations = new Evaluations();
  const files = machine.openFiles(settings.grants);
  /** Grants a package its own folder. */
  const allowPackage = (initFile: string): void => {
    if (files.findGrantState('read', initFile) !== GRANT_STATE.GRANTED)
      files.grant('read', dirname(initFile));
  };
  if (isPackageInit(module.path)) allowPackage(module.path);
  const sources = [module.source];
  const engine = await createEngine({
    machine,
    print: (stream, line) =>
      settings.log(stream === 1 ? INFO : WARNING, makeFileSource(module.path), line),
    findModule(name) {
      const imported = findImport(name, module, machine);
      if (imported === undefined || imported.path.startsWith(SITE_FOLDER)) return imported;
      settings.warnForeignWritable(imported.path);
      sources.push(imported.source);
      // A package may read its own folder, without a grant.
      if (isPackageInit(imported.path)) allowPackage(imported.path);
      return imported;
    },
    files,
    env: settings.grants.env,
    logRefusal: (message) => host.logRefusal(makeFileSource(module.path), `refused: ${message}`),
    hostFunctions: {
      ...makeHostFunctions(host, evaluations),
      ...makeTerminalFunctions(settings.terminal),
      ...makeLineFunctions(settings.lines),
    },
    preload: readGlupyFiles(machine.parts),
    imports: SNAPSHOT_IMPORTS,
    timeLimitMs: settings.timeLimitS * 1000,
    volume: settings.volume,
    memoryLimitBytes: settings.memoryLimitBytes,
    log: settings.logNotice,
    warn: settings.logWarning,
  });
  host.connectChildren((...parts) => new ChildConnections(...parts));
  try {
    addPackages(settings.packages, machine.sources, makePackageSink(engine, files));
    return new PythonGuest(engine, module, settings, evaluations, sources);
  } catch (error) {
    engine.close();
    throw error;
  }
};

const isPackageInit = (path: string): boolean => path.endsWith('/__init__.py');

/** Makes the functions that add folders and wheels to this engine. */
function makePackageSink(engine: Engine, files: GrantedFiles): PackageSink {
  const confine = engine.importModule(CONFINE_MODULE);
  const addFolder = engine.makeCall(engine.findAttribute(confine, 'add_folder'), 's', 'v');
  const addWheel = engine.makeCall(engine.findAttribute(confine, 'add_wheel'), 'sb', 's');
  return {
    addFolder(path) {
      files.grant('read', path);
      addFolder(path);
    },
    addWheel: (name, data) => addWheel(name, data) ?? '',
  };
}

/** Makes the log position of a file as a whole. */
const makeFileSource = (file: string): LogSource => ({ file, line: 0, func: '-' });

/** Converts a failed start's error to one with the module's file, line and traceback. */
function explainStartError(error: unknown, module: ModuleFile): Error {
  if (!(error instanceof EngineError)) return error as Error;
  const { moduleError, message } = error;
  const traceback = moduleError?.traceback.replace(OWN_FRAMES, '').trimEnd();
  // A traceback without a frame of the module would add nothing.
  const detail = traceback?.includes('\n  File "') ? `\n${traceback}` : '';
  return makeStartError(module, message, Boolean(moduleError?.file), detail);
}

/** Matches glupy's own frames in a traceback. */
const OWN_FRAMES = new RegExp(
  `^ {2}File "${SITE_FOLDER}/(?:glupy|gluster)/.*\\n(?: {4}.*\\n)*`,
  'gm',
);

/** Makes a note taker, which binds the Python functions at the first observed call. */
function makeNoteTaker(engine: Engine): NoteTaker {
  const bindNotes = () => {
    const notes = engine.importModule('glupy._notes');
    return {
      before: engine.makeCall(engine.findAttribute(notes, 'before'), 'is', 'v'),
      after: engine.makeCall(engine.findAttribute(notes, 'after'), '', 's'),
      stop: engine.makeCall(engine.findAttribute(notes, 'stop'), '', 'v'),
    };
  };
  let noteCalls: ReturnType<typeof bindNotes> | null = null;
  return {
    sampleBefore(id, call) {
      noteCalls ??= bindNotes();
      noteCalls.before(id, call);
    },
    readChanges: () => noteCalls?.after() ?? '{}',
    stop: () => void noteCalls?.stop(),
  };
}

/** A loaded Python module. */
class PythonGuest extends InterpretedGuest<Engine> {
  readonly language = 'python';
  readonly noteTaker: NoteTaker;
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  /** The module `glupy._bridge`. */
  readonly #bridge: Handle;
  /** The module's translator class. */
  readonly #class: Handle;
  readonly #callStateHook: Call<'s', 's'>;
  readonly #evaluate: Call<'is', 'v'>;
  readonly #callLineCommand: Call<'s', 's'>;

  constructor(
    engine: Engine,
    module: ModuleFile,
    settings: GuestSettings,
    evaluations: Evaluations,
    sources: readonly string[],
  ) {
    super(engine, module, settings, evaluations);
    this.sources = sources;
    this.noteTaker = makeNoteTaker(engine);
    try {
      this.#bridge = engine.importModule('glupy._bridge');
      if (settings.virtualTime) {
        engine.makeCall(
          engine.findAttribute(engine.importModule('glupy._clock'), 'install'),
          '',
          'v',
        )();
      }
      this.#callLineCommand = engine.makeCall(
        engine.findAttribute(engine.importModule('glupy._lines'), 'command'),
        's',
        's',
      );
      const breakpoints = settings.lines?.initialBreakpoints;
      if (breakpoints !== undefined) this.#callLineCommand(breakpoints);
      if (IMPORTS_GLUSTER.test(module.source)) engine.importModule('gluster');
      const moduleHandle = engine.load(module.name, module.path, module.source);
      const findClass = engine.makeCall(this.#getHelper('find_class'), 'os', 'o');
      this.#class = findClass(moduleHandle, module.path);
      const describe = engine.makeCall(this.#getHelper('describe'), 'os', 's');
      this.description = readDescription(describe(this.#class, module.path)!, module.path);
    } catch (error) {
      throw explainStartError(error, module);
    }
    this.#callStateHook = engine.makeCall(this.#getHelper('tell'), 's', 's');
    this.#evaluate = engine.makeCall(this.#getHelper('evaluate'), 'is', 'v');
  }

  createTranslator(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): void {
    const create = this.engine.makeCall(this.#getHelper('create'), 'osss', 'v');
    try {
      create(this.#class, volume, JSON.stringify(children), JSON.stringify(options));
    } catch (error) {
      throw explainStartError(error, this.module);
    }
  }

  protected findEntry(helper: string, name: string, kinds: string): EnterGuest {
    const find = this.engine.makeCall(this.#getHelper(helper), 's', 'o');
    // Shared: the caller of a fop's entry point recovers when the watchdog aborts the turn.
    return this.engine.makeArrayCall(find(name), kinds, true);
  }

  protected findHookEntry(name: string, kinds: string): EnterGuest {
    return this.engine.makeArrayCall(this.#getHelper(name), kinds);
  }

  protected runStateHook(name: StateHookName): string | undefined {
    return this.#callStateHook(name);
  }

  protected runLine(id: number, source: string): void {
    this.#evaluate(id, source);
  }

  runLineCommand(command: string): string {
    return this.#callLineCommand(command)!;
  }

  /** Finds a function of `glupy._bridge`. */
  #getHelper(name: string): Handle {
    return this.engine.findAttribute(this.#bridge, name);
  }
}
