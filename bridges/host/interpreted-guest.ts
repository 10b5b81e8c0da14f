/**
 * Implements the part of a guest that all interpreted languages share: it calls hooks, logs their
 * failures, and runs lines of a prompt. Subclasses (python/guest.ts, javascript/guest.ts) call the
 * engine.
 */
import { findEntryRow } from '../../runtime/core/file-methods.ts';
import { ERROR } from '../../runtime/core/log.ts';
import { HOOK_KINDS, listScalarKinds, makeHostFunction } from './crossing/kinds.ts';
import {
  type EnterGuest,
  type Evaluation,
  type Guest,
  type HookName,
  METHOD_FAILED,
  type ModuleDescription,
  type NoteTaker,
  type NoticeName,
  type Scalar,
  type StateHookName,
} from './guest.ts';
import type { GuestHost } from './guest-host.ts';
import type { GuestSettings, ModuleFile } from './language.ts';

/**
 * Makes the host functions that all languages share; engines add those for data.
 * @param formatText converts the text of a log line
 */
export const makeSharedFunctions = (
  host: GuestHost,
  evaluations: Evaluations,
  formatText = (text: string): string => text,
) => ({
  push: makeHostFunction('is', 'v', (id, message) => void host.pushMessage(id, message)),
  invalidate: makeHostFunction('s', 'v', (message) => void host.invalidate(message)),
  up: makeHostFunction('i', 'v', (isUp) => void host.declareUp(isUp)),
  child_up: makeHostFunction('i', 'i', (child) => host.isChildUp(child)),
  inode: makeHostFunction('i', 's', (id) => host.readInodeJson(id)),
  fd: makeHostFunction('i', 's', (id) => host.readFdJson(id)),
  root: makeHostFunction('i', 's', (id) => host.readRequestJson(id)),
  client: makeHostFunction('i', 's', (id) => host.readClientUid(id)),
  alive: makeHostFunction('i', 'i', (id) => host.isAlive(id)),
  track: makeHostFunction('i', 'i', (id) => host.subscribeForget(id)),
  track_fd: makeHostFunction('i', 'i', (id) => host.subscribeRelease(id)),
  close_fd: makeHostFunction('i', 'i', (id) => host.closeFd(id)),
  lost: makeHostFunction('i', 'v', (id) => void host.reportLostRequest(id)),
  now: makeHostFunction('', 'i', () => host.now()),
  after: makeHostFunction('i', 'v', (ms) => void host.setTimer(ms)),
  logs: makeHostFunction('i', 'i', (level) => host.isLogged(level)),
  log: makeHostFunction(
    'isiss',
    'v',
    (level, file, line, func, text) => void host.log(level, { file, line, func }, formatText(text)),
  ),
  evaluated: makeHostFunction('iis', 'v', (id, failed, output: string | undefined) =>
    evaluations.resolve(id, output, failed !== 0),
  ),
});

/**
 * The lines of a prompt that are still running; the guest reports the end of each (`evaluated`).
 */
export class Evaluations {
  private readonly resolvers = new Map<number, (result: Evaluation) => void>();
  private lastId = 0;

  /** Starts a line. @param run starts it in the interpreter, under the number that it receives */
  start(run: (id: number) => void): Promise<Evaluation> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve) => {
      this.resolvers.set(id, resolve);
      try {
        run(id);
      } catch (error) {
        this.resolve(id, (error as Error).message, true);
      }
    });
  }

  /** Ends line `id`. @param output undefined for an incomplete statement */
  resolve(id: number, output: string | undefined, hasFailed = false): undefined {
    this.resolvers.get(id)?.({
      isIncomplete: output === undefined,
      output: output ?? '',
      hasFailed,
    });
    this.resolvers.delete(id);
  }

  /** Ends all running lines as failed, with this output. */
  failAll(output: string): void {
    for (const id of [...this.resolvers.keys()]) this.resolve(id, output, true);
  }
}

/**
 * Makes the error of a failed start, for the module's author: adds the module's path if the message
 * names no file.
 * @param hasPosition true if `message` begins with a file and line already
 * @param trace the traceback
 */
export function makeStartError(
  { path }: ModuleFile,
  message: string,
  hasPosition: boolean,
  trace = '',
): Error {
  // Errors in a class or an import begin with their file.
  const bareMessage = message.replace(/^(?:Type)?Error: (?=\/)/, '');
  const namesFile = hasPosition || bareMessage !== message || message.includes(path);
  return new Error((namesFile ? bareMessage : `${path}: ${message}`) + trace);
}

/** An engine's state, as the shared guest uses it. */
export interface EngineState {
  /** Why the engine can no longer be entered; undefined while it works. */
  readonly fatalError: { readonly message: string } | undefined;
  readonly memoryBytes: number;
  readonly timesEntered: number;
  close(): void;
}

/** A guest of an interpreted language; a subclass adds the calls of its engine. */
export abstract class InterpretedGuest<E extends EngineState> implements Guest {
  abstract readonly language: string;
  abstract readonly description: ModuleDescription;
  abstract readonly sources: readonly string[];
  /** Records the module's calls for an observer. */
  abstract readonly noteTaker: NoteTaker;
  protected readonly engine: E;
  protected readonly module: ModuleFile;
  protected readonly settings: GuestSettings;
  private readonly evaluations: Evaluations;
  private readonly hookEntries = new Map<string, EnterGuest>();

  constructor(engine: E, module: ModuleFile, settings: GuestSettings, evaluations: Evaluations) {
    this.engine = engine;
    this.module = module;
    this.settings = settings;
    this.evaluations = evaluations;
  }

  abstract createTranslator(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): void;
  /**
   * Finds the library's entry point for a fop or its replies. Such calls may share a turn that the
   * watchdog can abort (limits/interpreter-gate.ts).
   */
  protected abstract findEntry(
    helper: 'entry' | 'reply_entry',
    fop: string,
    kinds: string,
  ): EnterGuest;
  /** Finds the library's entry point for a hook or notice. */
  protected abstract findHookEntry(name: string, kinds: string): EnterGuest;
  /** Calls a hook that returns state; undefined if it failed. */
  protected abstract runStateHook(name: StateHookName): string | undefined;
  /** Runs a line; its result ends evaluation `id`. */
  protected abstract runLine(id: number, source: string): void;

  get failure(): string | undefined {
    return this.engine.fatalError?.message;
  }

  /** Bytes of the interpreter's memory. */
  get memoryBytes(): number {
    return this.engine.memoryBytes;
  }

  get timesEntered(): number {
    return this.engine.timesEntered;
  }

  makeFopEntry(name: string): EnterGuest {
    return this.findEntry('entry', name, `i${listScalarKinds(findEntryRow(name).args)}`);
  }

  makeReplyEntry(name: string): EnterGuest {
    return this.findEntry('reply_entry', name, `iiii${listScalarKinds(findEntryRow(name).reply)}`);
  }

  callHook(name: HookName | NoticeName, args: readonly Scalar[]): number {
    return this.logIfThrows(name, METHOD_FAILED, () => {
      let enter = this.hookEntries.get(name);
      if (enter === undefined) {
        enter = this.findHookEntry(name, HOOK_KINDS[name]);
        this.hookEntries.set(name, enter);
      }
      return enter(args);
    });
  }

  callStateHook(name: StateHookName): string | undefined {
    return this.logIfThrows(name, undefined, () => this.runStateHook(name));
  }

  evaluate(source: string): Promise<Evaluation> {
    return this.evaluations.start((id) => this.runLine(id, source));
  }

  close(): void {
    this.engine.close();
    this.evaluations.failAll('the interpreter was closed');
  }

  /** Makes a call outside of any request. Logs an error of the engine, and returns the default. */
  private logIfThrows<R>(name: string, resultOnFailure: R, call: () => R): R {
    if (this.engine.fatalError !== undefined) return resultOnFailure;
    try {
      return call();
    } catch (error) {
      this.logFailure(name, error);
      return resultOnFailure;
    }
  }

  /** Logs an engine's error in a hook. Subclasses may use the hook's name. */
  protected logFailure(_name: string, error: unknown): void {
    const source = { file: this.module.path, line: 0, func: '-' };
    this.settings.log(ERROR, source, (error as Error).message);
  }
}
