/**
 * A JavaScript module as a guest of the host translator: runs the library in an engine, and calls
 * its entry points. The library's side is library/bridge.ts.
 */
import { ERROR, type LogSource, WARNING } from '../../runtime/core/log.ts';
import {
  type EnterGuest,
  FAILED,
  type ModuleDescription,
  NOTHING,
  type NoteTaker,
  type StateHookName,
  WIND,
} from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import {
  Evaluations,
  hostRows,
  InterpretedGuest,
  startFailure,
} from '../host/interpreted-guest.ts';
import type { FoundModule, GuestSettings, StartGuest } from '../host/language.ts';
import { readDescription } from '../host/lifecycle/module-options.ts';
import {
  createEngine,
  type Engine,
  EngineError,
  type Handle,
  type HostFunction,
} from './engine.ts';
import { Expressions } from './expressions.ts';
import { missingExport, syntaxLine } from './fixes.ts';
import { GrantedAccess } from './grants.ts';
import { BRIDGE, CLOCK, Imports } from './imports.ts';
import { indexOf, requestOf, windOf } from './library/origin.ts';

function hostFunctions(
  host: GuestHost,
  granted: GrantedAccess,
  evaluations: Evaluations,
  expressions: Expressions,
): Record<string, HostFunction> {
  const f = (params: string, call: HostFunction['call']): HostFunction => ({ params, call });
  const copy = (bytes: Uint8Array, at: number, length: number) => bytes.slice(at, at + length);
  return {
    ...Object.fromEntries(
      hostRows(host, evaluations, (text) => expressions.named(text)).map(
        ([name, params, , call]) => [name, f(params, call)],
      ),
    ),
    put: f('aii', (bytes: Uint8Array, at: number, length: number) =>
      host.put(copy(bytes, at, length)),
    ),
    fetch: f('i', (at: number) => host.fetch(requestOf(at), windOf(at), indexOf(at))),
    data: f('ia', (at: number, into: Uint8Array) => {
      const bytes = host.data(requestOf(at), windOf(at), indexOf(at));
      if (bytes === undefined || bytes.length > into.length) return -1;
      into.set(bytes);
      return bytes.length;
    }),
    refused: f(
      'siss',
      (file: string, line: number, func: string, text: string) =>
        void host.refused({ file, line, func }, text),
    ),
    mistaken: f(
      'siss',
      (file: string, line: number, func: string, why: string) =>
        void host.mistaken({ file, line, func }, why),
    ),
    ...granted.functions,
  };
}

const NO_THRESHOLD =
  'this build of QuickJS hides when its collector runs: counts of glossa/counts include blocks of ' +
  'memory that nothing uses any more';

export const startJavaScript: StartGuest = async (module, host, settings) => {
  const { machine } = settings;
  const imports = new Imports(
    module,
    machine,
    settings.packages ?? [],
    ({ file, line }, text) => host.refused({ file, line, func: '-' }, text),
    (path) => settings.checkForeign(path),
  );
  const expressions = new Expressions(
    (file, line) => imports.line(file, line),
    () => imports.exports,
  );
  const evaluations = new Evaluations();
  const granted = new GrantedAccess(settings.grants, module, host, machine);
  let hidden = false;
  const collectSoon = (): undefined => {
    if (engine.collectSoon() || hidden) return;
    hidden = true;
    settings.log(WARNING, { file: module.path, line: 0, func: '-' }, NO_THRESHOLD);
  };
  const engine: Engine = await createEngine({
    machine,
    hostFunctions: {
      ...hostFunctions(host, granted, evaluations, expressions),
      collect_soon: { params: '', call: collectSoon },
      blocks: { params: '', call: () => engine.blocks },
    },
    resolve: (base, name) => imports.resolve(base, name),
    load: (name) => imports.load(name),
    timeLimit: settings.timeLimit * 1000,
    volume: settings.volume,
    memoryLimit: settings.memoryLimit,
    log: settings.notice,
  });
  try {
    return new JavaScriptGuest({
      ...{ engine, imports, module, settings, granted, evaluations, expressions },
    });
  } catch (error) {
    engine.close();
    granted.close();
    throw error;
  }
};

function explain(
  error: unknown,
  module: FoundModule,
  imports: Imports,
  expressions: Expressions,
): Error {
  if (!(error instanceof EngineError)) return error as Error;
  const { script, message } = error;
  if (script === undefined || script.file === '') {
    const missing = missingExport(message, module.path, module.source, () => imports.exports);
    if (missing !== undefined) return new Error(missing);
    return startFailure(module, message, false);
  }
  const stack = script.stack === '' ? '' : `\n${script.stack}`;
  const text = `${message}${stack}`;
  const shown = syntaxLine(text, (file, line) => imports.line(file, line));
  return new Error(`${script.file}:${script.line}: ${expressions.named(text)}${shown}`);
}

interface GuestParts {
  readonly engine: Engine;
  readonly imports: Imports;
  readonly expressions: Expressions;
  readonly module: FoundModule;
  readonly settings: GuestSettings;
  readonly granted: GrantedAccess;
  readonly evaluations: Evaluations;
}

/** Lets a later line of the prompt declare a name again. */
const redeclarable = (source: string): string =>
  source.replace(/^(\s*)(?:const|let)(?=\s)/, '$1var');

class JavaScriptGuest extends InterpretedGuest<Engine> {
  readonly language = 'javascript';
  readonly noting: NoteTaker = {
    before: (id, what) => void this.engine.call(this.#helper('noteBefore'), id, what),
    after: () => this.engine.call(this.#helper('noteAfter')) ?? '{}',
    stop: () => void this.engine.call(this.#helper('noteStop')),
  };
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  readonly #made: GuestParts;
  readonly #bridge: Handle;
  #hasPrompt = false;
  #closed = false;

  constructor(made: GuestParts) {
    const { engine, imports, module, settings, evaluations, expressions } = made;
    super(engine, module, settings, evaluations);
    this.#made = made;
    try {
      this.#bridge = engine.import(BRIDGE, imports.load(BRIDGE));
      engine.explainWith(this.#helper('explain'));
      engine.endWith(this.#helper('ended'));
      engine.outcomeIn(this.#helper('outcomeBuffer'));
      if (settings.virtualTime) engine.import(CLOCK, imports.load(CLOCK));
      const exports = engine.import(module.path, imports.main());
      const load = this.#helper('load');
      this.description = readDescription(
        engine.call(load, { handle: exports }, module.path)!,
        module.path,
      );
      this.sources = imports.sources;
    } catch (error) {
      throw explain(error, module, imports, expressions);
    }
  }

  create(volume: string, children: readonly (readonly [string, string])[], options: object): void {
    const text = JSON.stringify(options);
    const { imports, expressions } = this.#made;
    try {
      this.engine.call(this.#helper('create'), volume, JSON.stringify(children), text);
      this.engine.call(this.#helper('checkInit'));
    } catch (error) {
      throw explain(error, this.module, imports, expressions);
    }
  }

  override hook(...call: Parameters<InterpretedGuest<Engine>['hook']>): number {
    if (call[0] === 'collect') this.engine.collectSoon();
    return super.hook(...call);
  }

  protected hookEntry(name: string, kinds: string): EnterGuest {
    const entry = this.engine.entry(this.#helper(name), kinds);
    return (args) => {
      const code = entry(args);
      const { overrun } = this.engine;
      if (overrun !== undefined) this.report(name, overrun);
      return code;
    };
  }

  protected askHook(name: StateHookName): string | undefined {
    return this.engine.call(this.#helper('tell'), name);
  }

  protected run(id: number, source: string): void {
    if (!this.#hasPrompt) this.engine.call(this.#helper('openPrompt'));
    this.#hasPrompt = true;
    const answer = this.engine.evaluate(redeclarable(source), this.#helper('show'), id);
    if (answer !== undefined) this.#made.evaluations.end(id, undefined);
  }

  override close(): void {
    if (this.#closed) return;
    this.#closed = true;
    super.close();
    this.#made.granted.close();
  }

  /** @param at the place, if the error has none */
  protected override report(what: string, error: unknown, at?: LogSource): void {
    const script = error instanceof EngineError ? error.script : undefined;
    const { message } = error as Error;
    const stack = script?.stack ? `\n${script.stack}` : '';
    const place: LogSource = script?.file
      ? { file: script.file, line: script.line, func: script.func }
      : (at ?? { file: this.module.path, line: 0, func: '-' });
    this.settings.log(ERROR, place, `${what} failed: ${message}${stack}`);
  }

  #helper(name: string): Handle {
    const found = this.engine.get(this.#bridge, name);
    if (found === undefined) throw new Error(`the library has no ${name}`);
    return found;
  }

  /** The source place of a method. */
  #placeOf(what: string, name: string): LogSource | undefined {
    const place = this.engine.call(this.#helper('place'), what, name);
    return place === undefined ? undefined : (JSON.parse(place) as LogSource);
  }

  /** The entry point of a fop. It logs limits that ended the module's code. */
  protected row(helper: string, name: string, kinds: string): EnterGuest {
    const made = this.engine.make(this.#helper(helper), name);
    // Its caller recovers from an aborted shared turn.
    const entry = this.engine.entry(made, kinds, true);
    return (args) => {
      try {
        const code = entry(args);
        const { overrun } = this.engine;
        if (overrun === undefined) return code;
        // A limit ended an async function, so the request may lack its reply.
        this.report(name, overrun, this.#placeOf(helper, name));
        if (code !== NOTHING && code !== WIND) return code;
        this.hook('cancel', [args[0]]);
        return FAILED;
      } catch (error) {
        if (this.dead !== undefined) throw error;
        this.report(name, error);
        this.hook('cancel', [args[0]]);
        return FAILED;
      }
    };
  }
}
