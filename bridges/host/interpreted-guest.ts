/**
 * A guest in an interpreter: the part that all languages share. It calls hooks, logs failures
 * outside of requests, runs lines of a prompt and reports failures at the start; a subclass calls
 * the engine.
 */
import { findFop } from '../../runtime/core/fops.ts';
import { ERROR } from '../../runtime/core/log.ts';
import { kinds, LOC_KINDS } from './crossing/flatten.ts';
import {
  type EnterGuest,
  type Evaluation,
  FAILED,
  type Guest,
  type HookName,
  type ModuleDescription,
  type NoteTaker,
  type NoticeName,
  type Scalar,
  type StateHookName,
} from './guest.ts';
import type { GuestHost } from './guest-host.ts';
import type { FoundModule, GuestSettings } from './language.ts';

/** Argument kinds (crossing/flatten.ts) of hooks and notices. */
const HOOK_KINDS: Readonly<Record<HookName | NoticeName, string>> = {
  fini: '',
  notify: 'si',
  client_disconnect: 'i',
  entry_created: LOC_KINDS,
  entry_removed: LOC_KINDS,
  reconfigure: 's',
  load_state: 's',
  tick: '',
  cancel: 'i',
  interrupt: 'i',
  forget: 'i',
  release: 'i',
  forget_client: 'i',
  collect: '',
};

/** A host function as an engine imports it, with kinds of its parameters and result. */
export type HostRow = readonly [
  name: string,
  params: string,
  result: 'i' | 's' | 'v',
  call: (...args: never[]) => number | string | undefined,
];

/** The host functions that all languages share; engines add those for data. */
export const hostRows = (
  host: GuestHost,
  evaluations: Evaluations,
  shown = (text: string): string => text,
): readonly HostRow[] => [
  ['push', 'is', 'v', (id: number, message: string) => void host.push(id, message)],
  ['invalidate', 's', 'v', (message: string) => void host.invalidate(message)],
  ['up', 'i', 'v', (isUp: number) => void host.up(isUp)],
  ['child_up', 'i', 'i', (child: number) => host.childUp(child)],
  ['inode', 'i', 's', (id: number) => host.inode(id)],
  ['fd', 'i', 's', (id: number) => host.fd(id)],
  ['root', 'i', 's', (id: number) => host.root(id)],
  ['client', 'i', 's', (id: number) => host.client(id)],
  ['alive', 'i', 'i', (id: number) => host.alive(id)],
  ['track', 'i', 'i', (id: number) => host.track(id)],
  ['track_fd', 'i', 'i', (id: number) => host.trackFd(id)],
  ['close_fd', 'i', 'i', (id: number) => host.closeFd(id)],
  ['lost', 'i', 'v', (id: number) => void host.lost(id)],
  ['now', '', 'i', () => host.now()],
  ['after', 'i', 'v', (ms: number) => void host.after(ms)],
  ['logs', 'i', 'i', (level: number) => host.logs(level)],
  [
    'log',
    'isiss',
    'v',
    (level: number, file: string, line: number, func: string, text: string) =>
      void host.log(level, { file, line, func }, shown(text)),
  ],
  [
    'evaluated',
    'iis',
    'v',
    (id: number, failed: number, output?: string) => evaluations.end(id, output, failed !== 0),
  ],
];

/** Lines of a prompt that are still running. */
export class Evaluations {
  private readonly open = new Map<number, (result: Evaluation) => void>();
  private last = 0;

  begin(run: (id: number) => void): Promise<Evaluation> {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve) => {
      this.open.set(id, resolve);
      try {
        run(id);
      } catch (error) {
        this.end(id, (error as Error).message, true);
      }
    });
  }

  /** `output` undefined: the statement is incomplete. */
  end(id: number, output: string | undefined, failed = false): undefined {
    this.open.get(id)?.({ incomplete: output === undefined, output: output ?? '', failed });
    this.open.delete(id);
  }

  endAll(output: string): void {
    for (const id of [...this.open.keys()]) this.end(id, output, true);
  }
}

/**
 * Makes the error of a failed start, for the module's author.
 * @param isPlaced true if `message` begins with a place
 * @param trace the traceback
 */
export function startFailure(
  { path }: FoundModule,
  message: string,
  isPlaced: boolean,
  trace = '',
): Error {
  // Errors found in a class or an import name their place themselves.
  const own = message.replace(/^(?:Type)?Error: (?=\/)/, '');
  const placed = isPlaced || own !== message || message.includes(path);
  return new Error((placed ? own : `${path}: ${message}`) + trace);
}

/** An engine's state, as the shared guest uses it. */
export interface EngineState {
  readonly dead: { readonly message: string } | undefined;
  readonly memory: number;
  close(): void;
}

export abstract class InterpretedGuest<E extends EngineState> implements Guest {
  abstract readonly language: string;
  abstract readonly description: ModuleDescription;
  abstract readonly sources: readonly string[];
  abstract readonly noting: NoteTaker;
  protected readonly engine: E;
  protected readonly module: FoundModule;
  protected readonly settings: GuestSettings;
  private readonly evaluations: Evaluations;
  private readonly hooks = new Map<string, EnterGuest>();

  constructor(engine: E, module: FoundModule, settings: GuestSettings, evaluations: Evaluations) {
    this.engine = engine;
    this.module = module;
    this.settings = settings;
    this.evaluations = evaluations;
  }

  abstract create(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): void;
  /** The library's entry point for a fop; its calls may share a turn. */
  protected abstract row(helper: 'entry' | 'reply_entry', fop: string, kinds: string): EnterGuest;
  /** The library's entry point for a hook or notice. */
  protected abstract hookEntry(name: string, kinds: string): EnterGuest;
  protected abstract askHook(name: StateHookName): string | undefined;
  /** Runs a line; its result ends evaluation `id`. */
  protected abstract run(id: number, source: string): void;

  get dead(): string | undefined {
    return this.engine.dead?.message;
  }

  get memory(): number {
    return this.engine.memory;
  }

  fop(name: string): EnterGuest {
    return this.row('entry', name, `i${kinds(findFop(name)!.args)}`);
  }

  reply(name: string): EnterGuest {
    return this.row('reply_entry', name, `iiii${kinds(findFop(name)!.reply)}`);
  }

  hook(name: HookName | NoticeName, args: readonly Scalar[]): number {
    return this.guarded(name, FAILED, () => {
      let entry = this.hooks.get(name);
      if (entry === undefined) {
        entry = this.hookEntry(name, HOOK_KINDS[name]);
        this.hooks.set(name, entry);
      }
      return entry(args);
    });
  }

  tell(name: StateHookName): string | undefined {
    return this.guarded(name, undefined, () => this.askHook(name));
  }

  evaluate(source: string): Promise<Evaluation> {
    return this.evaluations.begin((id) => this.run(id, source));
  }

  close(): void {
    this.engine.close();
    this.evaluations.endAll('the interpreter was closed');
  }

  /** Makes a call outside of any request; the engine's error is logged. */
  private guarded<R>(what: string, failed: R, call: () => R): R {
    if (this.engine.dead !== undefined) return failed;
    try {
      return call();
    } catch (error) {
      this.report(what, error);
      return failed;
    }
  }

  protected report(_what: string, error: unknown): void {
    const place = { file: this.module.path, line: 0, func: '-' };
    this.settings.log(ERROR, place, (error as Error).message);
  }
}
