/**
 * A JavaScript module as a guest of the host translator: the library in an engine, its entry points as
 * functions. The script's side is library/bridge.ts.
 */
import { type FopRow, findFop } from '../../runtime/core/fops.ts';
import { type LogSource, WARNING } from '../../runtime/core/log.ts';
import { kinds, LOC_KINDS } from '../host/crossing/flatten.ts';
import {
  type EnterGuest,
  type Evaluation,
  FAILED,
  type Guest,
  type HookName,
  type ModuleDescription,
  NOTHING,
  type Noting,
  type Scalar,
  type TellName,
  WIND,
} from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import type { FoundModule, GuestSettings, StartGuest } from '../host/language.ts';
import { readDescription } from '../host/lifecycle/module-options.ts';
import { type FrameName, namesFrames } from '../host/profile-names.ts';
import {
  createEngine,
  type Engine,
  EngineError,
  type Handle,
  type HostFunction,
} from './engine.ts';
import { Expressions } from './expressions.ts';
import { missingExport, syntaxLine } from './fixes.ts';
import { Granted } from './grants.ts';
import { BRIDGE, CLOCK, Imports } from './imports.ts';
import { indexOf, requestOf, windOf } from './library/origin.ts';

type Evaluations = Map<number, (evaluation: Evaluation) => void>;

function hostFunctions(
  host: GuestHost,
  granted: Granted,
  evaluations: Evaluations,
  expressions: Expressions,
): Record<string, HostFunction> {
  const f = (params: string, call: HostFunction['call']): HostFunction => ({ params, call });
  const copy = (bytes: Uint8Array, at: number, length: number) => bytes.slice(at, at + length);
  return {
    push: f('is', (id: number, message: string) => void host.push(id, message)),
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
    invalidate: f('s', (message: string) => void host.invalidate(message)),
    up: f('i', (isUp: number) => void host.up(isUp)),
    child_up: f('i', (child: number) => host.childUp(child)),
    inode: f('i', (id: number) => host.inode(id)),
    fd: f('i', (id: number) => host.fd(id)),
    root: f('i', (id: number) => host.root(id)),
    client: f('i', (id: number) => host.client(id)),
    alive: f('i', (id: number) => host.alive(id)),
    track: f('i', (id: number) => host.track(id)),
    track_fd: f('i', (id: number) => host.trackFd(id)),
    close_fd: f('i', (id: number) => host.closeFd(id)),
    lost: f('i', (id: number) => void host.lost(id)),
    now: f('', () => host.now()),
    after: f('i', (ms: number) => void host.after(ms)),
    logs: f('i', (level: number) => host.logs(level)),
    log: f(
      'isiss',
      (level: number, file: string, line: number, func: string, text: string) =>
        void host.log(level, { file, line, func }, expressions.named(text)),
    ),
    evaluated: f('iis', (id: number, failed: number, output = '') => {
      evaluations.get(id)?.({ incomplete: false, output, failed: failed !== 0 });
      evaluations.delete(id);
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
  const evaluations: Evaluations = new Map();
  const granted = new Granted(settings.grants, module, host, machine);
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
    namesFrames: namesFrames(machine),
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

/** What a failure at start says: the module's own place, and the way there. */
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
    // What was found in a class, or in an import, names its place itself.
    const own = message.replace(/^(?:Type)?Error: (?=\/)/, '');
    return new Error(message.includes(module.path) ? own : `${module.path}: ${message}`);
  }
  const stack = script.stack === '' ? '' : `\n${script.stack}`;
  const text = `${message}${stack}`;
  const shown = syntaxLine(text, (file, line) => imports.line(file, line));
  return new Error(`${script.file}:${script.line}: ${expressions.named(text)}${shown}`);
}

const HOOK_KINDS: Readonly<Record<HookName, string>> = {
  fini: '',
  notify: 'si',
  client_disconnect: 'i',
  entry_created: LOC_KINDS,
  entry_removed: LOC_KINDS,
  reconfigure: 's',
  load_state: 's',
};

/** What a guest is made of. */
interface Made {
  readonly engine: Engine;
  readonly imports: Imports;
  readonly expressions: Expressions;
  readonly module: FoundModule;
  readonly settings: GuestSettings;
  readonly granted: Granted;
  readonly evaluations: Evaluations;
}

/** A name that a line of the prompt declares may be declared again by another. */
const redeclarable = (source: string): string =>
  source.replace(/^(\s*)(?:const|let)(?=\s)/, '$1var');

class JavaScriptGuest implements Guest {
  readonly language = 'javascript';
  readonly noting: Noting = {
    before: (id, what) => void this.#engine.call(this.#helper('noteBefore'), id, what),
    after: () => this.#engine.call(this.#helper('noteAfter')) ?? '{}',
    stop: () => void this.#engine.call(this.#helper('noteStop')),
  };
  readonly description: ModuleDescription;
  readonly sources: readonly string[];
  readonly #engine: Engine;
  readonly #module: FoundModule;
  readonly #settings: GuestSettings;
  readonly #bridge: Handle;
  readonly #granted: Granted;
  readonly #evaluations: Evaluations;
  readonly #expressions: Expressions;
  readonly #imports: Imports;
  readonly #entries = new Map<string, EnterGuest>();
  #lastEvaluation = 0;
  #closed = false;

  constructor(made: Made) {
    const { engine, imports, module, settings, granted, evaluations, expressions } = made;
    this.#expressions = expressions;
    this.#imports = imports;
    this.#engine = engine;
    this.#module = module;
    this.#settings = settings;
    this.#granted = granted;
    this.#evaluations = evaluations;
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

  get dead(): string | undefined {
    return this.#engine.dead?.message;
  }

  get memory(): number {
    return this.#engine.memory;
  }

  create(volume: string, children: readonly (readonly [string, string])[], options: object): void {
    const text = JSON.stringify(options);
    try {
      this.#engine.call(this.#helper('create'), volume, JSON.stringify(children), text);
      this.#engine.call(this.#helper('checkInit'));
    } catch (error) {
      throw explain(error, this.#module, this.#imports, this.#expressions);
    }
  }

  fop(name: string): EnterGuest {
    return this.#row('entry', name, (row) => `i${kinds(row.args)}`);
  }

  reply(name: string): EnterGuest {
    return this.#row('reply', name, (row) => `iiii${kinds(row.reply)}`);
  }

  hook(name: HookName, args: readonly Scalar[]): number {
    return this.#guarded(name, HOOK_KINDS[name], args);
  }

  tell(name: TellName): string | undefined {
    if (this.dead !== undefined) return undefined;
    try {
      return this.#engine.call(this.#helper('tell'), name);
    } catch (error) {
      this.#report(name, error);
      return undefined;
    }
  }

  tick(): number {
    return this.#guarded('tick', '', []);
  }

  cancel(id: number): void {
    this.#guarded('cancel', 'i', [id]);
  }

  interrupt(id: number): number {
    return this.#guarded('interrupt', 'i', [id]);
  }

  forget(inode: number): number {
    return this.#guarded('forget', 'i', [inode]);
  }

  release(fd: number): number {
    return this.#guarded('release', 'i', [fd]);
  }

  forgetClient(client: number): number {
    return this.#guarded('forget_client', 'i', [client]);
  }

  collect(): number {
    this.#engine.collectSoon();
    return this.#guarded('collect', '', []);
  }

  async evaluate(source: string): Promise<Evaluation> {
    if (this.#lastEvaluation === 0) this.#engine.call(this.#helper('openPrompt'));
    this.#lastEvaluation += 1;
    const id = this.#lastEvaluation;
    const ended = new Promise<Evaluation>((resolve) => this.#evaluations.set(id, resolve));
    try {
      const answer = this.#engine.evaluate(redeclarable(source), this.#helper('show'), id);
      if (answer === undefined) return await ended;
      this.#evaluations.delete(id);
      return { incomplete: true, output: '' };
    } catch (error) {
      this.#evaluations.delete(id);
      return { incomplete: false, output: (error as Error).message, failed: true };
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#engine.close();
    this.#granted.close();
    for (const end of this.#evaluations.values()) {
      end({ incomplete: false, output: 'the interpreter is closed', failed: true });
    }
    this.#evaluations.clear();
  }

  /** A call outside of any request: what the engine has to say of it goes to the log. */
  #guarded(name: string, params: string, args: readonly Scalar[]): number {
    if (this.dead !== undefined) return FAILED;
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = this.#shown('hook', name, this.#engine.entry(this.#helper(name), params));
      this.#entries.set(name, entry);
    }
    try {
      const code = entry(args);
      const { overrun } = this.#engine;
      if (overrun !== undefined) this.#report(name, overrun);
      return code;
    } catch (error) {
      this.#report(name, error);
      return FAILED;
    }
  }

  /** @param at where it is, when the error does not say so */
  #report(what: string, error: unknown, at?: LogSource): void {
    const script = error instanceof EngineError ? error.script : undefined;
    const { message } = error as Error;
    const stack = script?.stack ? `\n${script.stack}` : '';
    const place: LogSource = script?.file
      ? { file: script.file, line: script.line, func: script.func }
      : (at ?? { file: this.#module.path, line: 0, func: '-' });
    this.#settings.log(4, place, `${what} failed: ${message}${stack}`);
  }

  #helper(name: string): Handle {
    const found = this.#engine.get(this.#bridge, name);
    if (found === undefined) throw new Error(`the library has no ${name}`);
    return found;
  }

  /** An entry that a CPU profile shows as the method behind it, where that is wanted. */
  #shown(what: string, name: string, entry: EnterGuest): EnterGuest {
    const { machine } = this.#settings;
    if (!namesFrames(machine)) return entry;
    const place = this.#placeOf(what, name);
    return place === undefined ? entry : machine.frameAround(entry, place);
  }

  /** Where a method of the module is. */
  #placeOf(what: string, name: string): (FrameName & LogSource) | undefined {
    const place = this.#engine.call(this.#helper('place'), what, name);
    return place === undefined ? undefined : (JSON.parse(place) as FrameName & LogSource);
  }

  /** An entry of a fop. A script that the engine has ended cannot say so: that is said here. */
  #row(helper: string, name: string, params: (row: FopRow) => string): EnterGuest {
    const made = this.#engine.make(this.#helper(helper), name);
    const entry = this.#shown(
      helper,
      name,
      // The interpreter that calls it can put right what a shared turn has abandoned.
      this.#engine.entry(made, params(findFop(name)!), true),
    );
    return (args) => {
      try {
        const code = entry(args);
        const { overrun } = this.#engine;
        if (overrun === undefined) return code;
        // An async function was ended: nobody may be left to answer.
        this.#report(name, overrun, this.#placeOf(helper, name));
        if (code !== NOTHING && code !== WIND) return code;
        this.cancel(args[0] as number);
        return FAILED;
      } catch (error) {
        if (this.dead !== undefined) throw error;
        this.#report(name, error);
        this.cancel(args[0] as number);
        return FAILED;
      }
    };
  }
}
