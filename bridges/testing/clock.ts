/**
 * The context of a graph under test: its time is virtual, and so is what its modules take for the
 * time of day.
 */

import type { Graph } from '../../runtime/core/graph.ts';
import type { LogSink } from '../../runtime/core/log.ts';
import { VIRTUAL_EPOCH_MS, type VirtualClock } from '../../runtime/core/virtual-clock.ts';
import type { VolumeSpec } from '../../runtime/core/xlator.ts';
import type { ModuleContext } from '../host/language.ts';
import { web } from '../machine/browser/worker-globals.ts';

/** A module's translator, and the options that load the module. @throws {InitError} */
export type FindTranslator = (
  module: string,
  baseDir: string,
  given: Readonly<Record<string, string>>,
) => Promise<Pick<VolumeSpec, 'translator' | 'options'>>;

/** How graphs are made, and looked at before they are tested. */
export interface BedSettings {
  /** By the name that a test gives a module. */
  readonly translatorFor: FindTranslator;
  /** The test's folder, where modules are looked for first. */
  readonly baseDir: string;
  /** What looks like a mistake is an error. */
  readonly strict: boolean;
  /** Told of it otherwise. */
  warned(text: string): void;
  /** Told of each graph once it is up. */
  readonly started?: ((graph: Graph) => void) | undefined;
}

/** The context of one graph under test. */
export class TestContext implements ModuleContext {
  readonly baseDir: string;
  readonly sink: LogSink;
  readonly virtualTime = true;
  readonly strict: boolean;
  readonly warn: (text: string) => void;
  private readonly clock: VirtualClock;

  /** @param write takes every line of the log */
  constructor(
    clock: VirtualClock,
    { baseDir, strict, warned }: Pick<BedSettings, 'baseDir' | 'strict' | 'warned'>,
    write: (line: string) => void,
  ) {
    this.clock = clock;
    this.strict = strict;
    this.warn = warned;
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
