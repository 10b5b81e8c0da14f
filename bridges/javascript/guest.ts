/**
 * Starts a JavaScript module as a guest of the host translator: runs the library in an engine, and
 * calls its entry points. The library's side is library/bridge.ts.
 */
import { ERROR, type LogSource, WARNING } from '../../runtime/core/log.ts';
import { type LibraryCalls, makeHostFunction } from '../host/crossing/kinds.ts';
import {
  DECIDED_BY_MESSAGES,
  type EnterGuest,
  METHOD_FAILED,
  type ModuleDescription,
  type NoteTaker,
  type StateHookName,
  WIND_UNCHANGED,
} from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import {
  Evaluations,
  InterpretedGuest,
  makeSharedFunctions,
  makeStartError,
} from '../host/interpreted-guest.ts';
import type { GuestSettings, ModuleFile, StartGuest } from '../host/language.ts';
import { readDescription } from '../host/lifecycle/module-options.ts';
import { createEngine, type Engine, EngineError, type Handle } from './engine.ts';
import { GrantedAccess } from './granted-access.ts';
import { ExpressionNamer, explainMissingExport, renderSyntaxLine } from './hints.ts';
import { BRIDGE, CLOCK, Imports } from './imports.ts';
import { decodeIndex, decodeRequestId, decodeWindNumber } from './library/origin.ts';

/** The functions that library/host.ts imports. */
export type HostCalls = LibraryCalls<ReturnType<typeof makeHostFunctions>>;

/** Makes the host functions, which `GuestHost` explains. Values are named by origins (library/origin.ts). */
function makeHostFunctions(
  host: GuestHost,
  grantedAccess: GrantedAccess,
  evaluations: Evaluations,
  expressionNamer: ExpressionNamer,
  memory: { collectSoon(): void; countBlocks(): number },
) {
  return {
    ...makeSharedFunctions(host, evaluations, (text) => expressionNamer.addExpression(text)),
    put: makeHostFunction('aii', 'i', (bytes, offset, length) =>
      host.putBytes(bytes.slice(offset, offset + length)),
    ),
    fetch: makeHostFunction('i', 's', (origin) =>
      host.fetchJson(decodeRequestId(origin), decodeWindNumber(origin), decodeIndex(origin)),
    ),
    // Fills the buffer, and returns the number of bytes; -1 if the request has ended.
    data: makeHostFunction('ia', 'i', (origin, into) => {
      const bytes = host.fetchBytes(
        decodeRequestId(origin),
        decodeWindNumber(origin),
        decodeIndex(origin),
      );
      if (bytes === undefined || bytes.length > into.length) return -1;
      into.set(bytes);
      return bytes.length;
    }),
    log_refusal: makeHostFunction(
      'siss',
      'v',
      (file, line, func, text) => void host.logRefusal({ file, line, func }, text),
    ),
    note_mistake: makeHostFunction(
      'siss',
      'v',
      (file, line, func, why) => void host.logInvalidMessage({ file, line, func }, why),
    ),
    // For tests of leaks (library/counts.ts).
    collect_soon: makeHostFunction('', 'v', () => void memory.collectSoon()),
    blocks: makeHostFunction('', 'i', () => memory.countBlocks()),
    ...grantedAccess.functions,
  };
}

/** Logged when a module uses glossa/counts, whose counts are then too high. */
const NO_THRESHOLD_WARNING =
  'this build of QuickJS hides when its collector runs: counts of glossa/counts include blocks of ' +
  'memory that nothing uses any more';

/** Starts an engine, the library and the module. Throws the module's error with its position. */
export const startJavaScript: StartGuest = async (module, host, settings) => {
  const { machine } = settings;
  const imports = new Imports(
    module,
    machine,
    settings.packages ?? [],
    ({ file, line }, text) => host.logRefusal({ file, line, func: '-' }, text),
    (path) => settings.warnForeignWritable(path),
  );
  const expressionNamer = new ExpressionNamer(
    (file, line) => imports.readLine(file, line),
    () => imports.exports,
  );
  const evaluations = new Evaluations();
  const grantedAccess = new GrantedAccess(settings.grants, module, host, machine);
  let hasWarned = false;
  const collectSoon = (): void => {
    if (engine.memory.collectSoon() || hasWarned) return;
    hasWarned = true;
    settings.log(WARNING, { file: module.path, line: 0, func: '-' }, NO_THRESHOLD_WARNING);
  };
  const engine: Engine = await createEngine({
    machine,
    hostFunctions: makeHostFunctions(host, grantedAccess, evaluations, expressionNamer, {
      collectSoon,
      countBlocks: () => engine.memory.blockCount,
    }),
    resolve: (base, name) => imports.resolve(base, name),
    load: (name) => imports.load(name),
    timeLimitMs: settings.timeLimitS * 1000,
    volume: settings.volume,
    memoryLimitBytes: settings.memoryLimitBytes,
    log: settings.logNotice,
  });
  try {
    return new JavaScriptGuest({
      ...{ engine, imports, module, settings, grantedAccess, evaluations, expressionNamer },
    });
  } catch (error) {
    engine.close();
    grantedAccess.close();
    throw error;
  }
};

/**
 * Converts an error of the start to one whose message has the module's file, line and source line.
 */
function explainStartError(
  error: unknown,
  module: ModuleFile,
  imports: Imports,
  expressionNamer: ExpressionNamer,
): Error {
  if (!(error instanceof EngineError)) return error as Error;
  const { moduleError, message } = error;
  if (moduleError === undefined || moduleError.file === '') {
    const missingExportText = explainMissingExport(
      message,
      module.path,
      module.source,
      () => imports.exports,
    );
    if (missingExportText !== undefined) return new Error(missingExportText);
    return makeStartError(module, message, false);
  }
  const stack = moduleError.stack === '' ? '' : `\n${moduleError.stack}`;
  const text = `${message}${stack}`;
  const sourceLine = renderSyntaxLine(text, (file, line) => imports.readLine(file, line));
  return new Error(
    `${moduleError.file}:${moduleError.line}: ${expressionNamer.addExpression(text)}${sourceLine}`,
  );
}

/** The objects that a guest is made of. */
interface GuestParts {
  readonly engine: Engine;
  readonly imports: Imports;
  readonly expressionNamer: ExpressionNamer;
  readonly module: ModuleFile;
  readonly settings: GuestSettings;
  readonly grantedAccess: GrantedAccess;
  readonly evaluations: Evaluations;
}

/** Replaces `const` and `let`, so that a later line of the prompt may declare the name again. */
const makeRedeclarable = (source: string): string =>
  source.replace(/^(\s*)(?:const|let)(?=\s)/, '$1var');

class JavaScriptGuest extends InterpretedGuest<Engine> {
  readonly language = 'javascript';
  readonly noteTaker: NoteTaker = {
    sampleBefore: (id, name) => void this.engine.call(this.#getHelper('noteBefore'), id, name),
    readChanges: () => this.engine.call(this.#getHelper('noteAfter')) ?? '{}',
    stop: () => void this.engine.call(this.#getHelper('noteStop')),
  };
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  readonly #parts: GuestParts;
  readonly #bridge: Handle;
  #hasPrompt = false;
  #isClosed = false;

  constructor(parts: GuestParts) {
    const { engine, imports, module, settings, evaluations, expressionNamer } = parts;
    super(engine, module, settings, evaluations);
    this.#parts = parts;
    try {
      this.#bridge = engine.import(BRIDGE, imports.load(BRIDGE));
      engine.setExplainer(this.#getHelper('explain'));
      engine.setPromiseHandler(this.#getHelper('handlePromise'));
      engine.setOutcomeBuffer(this.#getHelper('outcomeBuffer'));
      if (settings.virtualTime) engine.import(CLOCK, imports.load(CLOCK));
      const exports = engine.import(module.path, imports.readMain());
      const load = this.#getHelper('load');
      this.description = readDescription(
        engine.call(load, { handle: exports }, module.path)!,
        module.path,
      );
      this.sources = imports.sources;
    } catch (error) {
      throw explainStartError(error, module, imports, expressionNamer);
    }
  }

  createTranslator(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): void {
    const text = JSON.stringify(options);
    const { imports, expressionNamer } = this.#parts;
    try {
      this.engine.call(this.#getHelper('create'), volume, JSON.stringify(children), text);
      this.engine.call(this.#getHelper('checkInit'));
    } catch (error) {
      throw explainStartError(error, this.module, imports, expressionNamer);
    }
  }

  override callHook(...call: Parameters<InterpretedGuest<Engine>['callHook']>): number {
    if (call[0] === 'collect') this.engine.memory.collectSoon();
    return super.callHook(...call);
  }

  protected findHookEntry(name: string, kinds: string): EnterGuest {
    const enter = this.engine.makeFlatFunction(this.#getHelper(name), kinds);
    return (args) => {
      const code = enter(args);
      const { limitError } = this.engine;
      if (limitError !== undefined) this.logFailure(name, limitError);
      return code;
    };
  }

  protected runStateHook(name: StateHookName): string | undefined {
    return this.engine.call(this.#getHelper('callStateHook'), name);
  }

  protected runLine(id: number, source: string): void {
    if (!this.#hasPrompt) this.engine.call(this.#getHelper('openPrompt'));
    this.#hasPrompt = true;
    const result = this.engine.evaluate(makeRedeclarable(source), this.#getHelper('show'), id);
    // 'incomplete': the prompt reads a further line.
    if (result !== undefined) this.#parts.evaluations.resolve(id, undefined);
  }

  override close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    super.close();
    this.#parts.grantedAccess.close();
  }

  /** @param fallbackSource the position to log if the error has no position of its own */
  protected override logFailure(action: string, error: unknown, fallbackSource?: LogSource): void {
    const moduleError = error instanceof EngineError ? error.moduleError : undefined;
    const { message } = error as Error;
    const stack = moduleError?.stack ? `\n${moduleError.stack}` : '';
    const source: LogSource = moduleError?.file
      ? { file: moduleError.file, line: moduleError.line, func: moduleError.func }
      : (fallbackSource ?? { file: this.module.path, line: 0, func: '-' });
    this.settings.log(ERROR, source, `${action} failed: ${message}${stack}`);
  }

  /** Returns a function, or another export, of library/bridge.ts. */
  #getHelper(name: string): Handle {
    const helper = this.engine.getProperty(this.#bridge, name);
    if (helper === undefined) throw new Error(`the library has no ${name}`);
    return helper;
  }

  /** Finds a method's position in the module's source. */
  #findMethod(helper: string, name: string): LogSource | undefined {
    const position = this.engine.call(this.#getHelper('findMethod'), helper, name);
    return position === undefined ? undefined : (JSON.parse(position) as LogSource);
  }

  /** Makes the entry point of a fop. The entry point logs a limit that ended the module's code. */
  protected findEntry(helper: string, name: string, kinds: string): EnterGuest {
    const callable = this.engine.callForHandle(this.#getHelper(helper), name);
    // Shared: the caller of a fop's entry point recovers when the watchdog aborts the turn.
    const enter = this.engine.makeFlatFunction(callable, kinds, true);
    return (args) => {
      try {
        const code = enter(args);
        const { limitError } = this.engine;
        if (limitError === undefined) return code;
        // A limit ended an async function, so the request may lack its reply.
        this.logFailure(name, limitError, this.#findMethod(helper, name));
        if (code !== DECIDED_BY_MESSAGES && code !== WIND_UNCHANGED) return code;
        this.callHook('cancel', [args[0]]);
        return METHOD_FAILED;
      } catch (error) {
        if (this.failure !== undefined) throw error;
        this.logFailure(name, error);
        this.callHook('cancel', [args[0]]);
        return METHOD_FAILED;
      }
    };
  }
}
