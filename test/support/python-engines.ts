/**
 * Starts Python engines for tests that share one cache, in a temporary folder unless the test gives
 * one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeMachine } from '../../bridges/machine/node/index.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Handle,
} from '../../bridges/python/engine.ts';

export interface TestEngines {
  readonly folder: string;
  make(options?: Partial<EngineOptions>): Promise<Engine>;
  close(): void;
}

export function testEngines(shared?: string): TestEngines {
  const folder = shared ?? mkdtempSync(join(tmpdir(), 'glossa-engine-'));
  const engines: Engine[] = [];
  const make = async (options: Partial<EngineOptions> = {}): Promise<Engine> => {
    const engine = await createEngine({
      machine: nodeMachine,
      print: () => {},
      findModule: () => undefined,
      cacheFolder: folder,
      ...options,
    });
    engines.push(engine);
    return engine;
  };
  const close = (): void => {
    for (const engine of engines) engine.close();
    if (shared === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { folder, make, close };
}

/** Loads `source` as module `m` at /volume/m.py. */
export function loadModule(engine: Engine, source: string): Handle {
  return engine.load('m', '/volume/m.py', source);
}
