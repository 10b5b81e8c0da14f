/** V8's garbage collector, when it is asked for. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = () => void;
let collector: Collector | undefined;

/** V8's own function. No realm made later gets it: the flag is set for this one alone. */
function findCollector(): Collector {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('gc') as Collector;
  setFlagsFromString('--no-expose-gc');
  return found;
}

/** Runs it once, at once: some tens of milliseconds, and more with a large heap. */
export function collectGarbage(): void {
  collector ??= findCollector();
  collector();
}
