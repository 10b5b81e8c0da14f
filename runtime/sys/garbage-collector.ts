/** Runs V8's garbage collector on demand, for measurements and for tests of leaks. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collector = () => void;
let collector: Collector | undefined;

/** Gets V8's `gc` function. The flag is reset, so that no other code gets the function. */
function findCollector(): Collector {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as Collector;
  setFlagsFromString('--no-expose-gc');
  return gc;
}

/** Collects garbage now: takes some tens of milliseconds, more with a large heap. */
export function collectGarbage(): void {
  collector ??= findCollector();
  collector();
}
