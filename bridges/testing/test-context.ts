/**
 * Implements the context of a graph under test, or of the playground: its clock, and its modules' time of day, are
 * virtual.
 */

import type { Graph } from '../../runtime/core/graph.ts';
import type { LogSink } from '../../runtime/core/log.ts';
import { VIRTUAL_EPOCH_MS, type VirtualClock } from '../../runtime/core/virtual-clock.ts';
import type { VolumeSpec } from '../../runtime/core/xlator.ts';
import type { ModuleContext } from '../host/language.ts';
import { web } from '../machine/browser/worker-globals.ts';

/** Finds a module's translator, with the options that load the module. @throws {InitError} */
export type FindTranslator = (
  module: string,
  baseDir: string,
  options: Readonly<Record<string, string>>,
) => Promise<Pick<VolumeSpec, 'translator' | 'options'>>;

/** Settings of the graphs under test. */
export interface BedSettings {
  /** Finds a module's translator by the name in the test. */
  readonly findTranslator: FindTranslator;
  /** The test's folder, searched first for modules. */
  readonly baseDir: string;
  /** True to make likely mistakes errors. */
  readonly strict: boolean;
  /** Receives a warning of each mistake, if not `strict`. */
  warn(text: string): void;
  /** Called with each graph once it is up. */
  readonly onGraphStarted?: ((graph: Graph) => void) | undefined;
}

/** The context of one graph with virtual time. */
export class TestContext implements ModuleContext {
  readonly baseDir: string;
  readonly sink: LogSink;
  readonly virtualTime = true;
  readonly strict: boolean;
  readonly warn: (text: string) => void;
  private readonly clock: VirtualClock;

  /** @param write receives every line of the log */
  constructor(
    clock: VirtualClock,
    { baseDir, strict, warn }: Pick<BedSettings, 'baseDir' | 'strict' | 'warn'>,
    write: (line: string) => void,
  ) {
    this.clock = clock;
    this.strict = strict;
    this.warn = warn;
    this.baseDir = baseDir;
    this.sink = { write, now: () => VIRTUAL_EPOCH_MS + clock.now };
  }

  now(): number {
    return this.clock.now;
  }

  after(ms: number, fn: () => void): () => void {
    return this.clock.after(ms, fn);
  }

  random(out: Uint8Array): void {
    web.crypto.getRandomValues(out);
  }

  wake(): void {}
}
