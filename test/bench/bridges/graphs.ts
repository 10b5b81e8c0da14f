/** What the suite works in, and the graphs that it measures through, which are the product's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as call from '../../../runtime/cli/bench/call/graphs.ts';
import type { Cleanup } from '../cleanup.ts';
import type { Tools } from '../tools.ts';

export {
  everything,
  type LanguageName,
  languages,
  nothing,
  READ_SIZE,
  startGraph,
  startModule,
  type Volume,
} from '../../../runtime/cli/bench/call/graphs.ts';

export interface Lab extends call.Lab {
  readonly quick: boolean;
  readonly cleanup: Cleanup;
  readonly tools: Tools;
}

export function openLab(given: Omit<Lab, 'folder'>): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-bench-'));
  given.cleanup.add(async () => rmSync(folder, { recursive: true, force: true }));
  return { ...given, folder };
}
