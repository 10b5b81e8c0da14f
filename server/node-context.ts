/**
 * Implements for Node what a volume needs of its environment (`Context`): clock, timers, random
 * bytes, log. `pump-context.ts` adds what only a running graph needs.
 */
import { randomFillSync } from 'node:crypto';
import { totalmem } from 'node:os';
import type { DebuggerTerminal, ModuleContext } from '../bridges/host/language.ts';
import type { RunFiles, ServerFacts } from '../runtime/core/context.ts';
import { type LogSink, logPositions } from '../runtime/core/log.ts';
import { findJoinedModule } from '../runtime/sys/joined-source.ts';

logPositions.findModule = findJoinedModule;

/** The longest time of a Node timer; a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The random bytes fetched by one system call, which takes as long as one for 16 bytes. */
const POOL_BYTES = 4096;

/** The settings of a context. */
export interface NodeContextSettings {
  readonly sink: LogSink;
  /** The folder that relative paths in the volfile start from. */
  readonly baseDir: string;
  /** Asks for a turn of the event loop while the pump blocks it. */
  wake(): void;
  /** The terminal on which breakpoint() in a module opens its debugger. */
  readonly terminal?: DebuggerTerminal | undefined;
  /** Whether unknown options and names are errors, not warnings; by default false. */
  readonly strict?: boolean;
  /** Prints warnings for the user; absent if the log is on the user's terminal anyway. */
  readonly warn?: ((text: string) => void) | undefined;
  /** The folder for files of the run, and facts about the server; absent in other processes. */
  readonly runFiles?: RunFiles;
  readonly server?: ServerFacts;
}

/** The context of volumes in a process or thread of Node. */
export class NodeContext implements ModuleContext {
  readonly sink: LogSink;
  readonly baseDir: string;
  readonly wake: () => void;
  readonly terminal: DebuggerTerminal | undefined;
  readonly strict: boolean;
  readonly warn: (text: string) => void;
  readonly runFiles: RunFiles | undefined;
  readonly server: ServerFacts | undefined;
  readonly totalMemory = totalmem();
  private readonly pool = new Uint8Array(POOL_BYTES);
  /** The number of unused bytes, which are at the pool's start. */
  private unusedBytes = 0;

  constructor(settings: NodeContextSettings) {
    const { sink, baseDir, wake, terminal, strict, warn, runFiles, server } = settings;
    this.sink = sink;
    this.baseDir = baseDir;
    this.wake = wake;
    this.terminal = terminal;
    this.strict = strict ?? false;
    this.warn = warn ?? (() => {});
    this.runFiles = runFiles;
    this.server = server;
  }

  /** Returns the milliseconds of the monotonic clock. */
  now(): number {
    return performance.now();
  }

  /**
   * Returns the bytes that this process can still allocate, limited by the machine or its cgroup.
   */
  availableMemory(): number {
    return process.availableMemory();
  }

  /**
   * Calls `fn` once after `ms`, unless the returned function is called before. The timer does
   * not keep Node alive.
   */
  after(ms: number, fn: () => void): () => void {
    let timer: NodeJS.Timeout;
    const startTimer = (remainingMs: number): void => {
      const delayMs = Math.min(remainingMs, TIMER_MS_MAX);
      timer = setTimeout(
        () => (remainingMs > delayMs ? startTimer(remainingMs - delayMs) : fn()),
        delayMs,
      );
      timer.unref();
    };
    startTimer(ms);
    return () => clearTimeout(timer);
  }

  /** Calls `fn` in the event loop's next turn, unless the returned function is called before. */
  soon(fn: () => void): () => void {
    const immediate = setImmediate(fn);
    return () => clearImmediate(immediate);
  }

  /** Fills `out` with random bytes. */
  random(out: Uint8Array): void {
    const { pool } = this;
    if (out.length > pool.length) {
      randomFillSync(out);
      return;
    }
    if (this.unusedBytes < out.length) {
      randomFillSync(pool);
      this.unusedBytes = pool.length;
    }
    this.unusedBytes -= out.length;
    // Copied byte by byte: for the few bytes of a gfid, a view of the pool would cost more.
    for (let i = 0; i < out.length; i++) {
      out[i] = pool[this.unusedBytes + i]!;
      // Used bytes are cleared.
      pool[this.unusedBytes + i] = 0;
    }
  }
}
