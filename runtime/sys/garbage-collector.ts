/** Runs V8's garbage collector on demand, for measurements and for tests of leaks. */
import { runInNewContext } from 'node:vm';
import { setV8Flag } from './v8-flags.ts';

type Collector = () => void;
let collector: Collector | undefined;

/** Gets V8's `gc` function. The flag is reset, so that no other code gets the function. */
function findCollector(): Collector {
  setV8Flag('expose-gc', true);
  const gc = runInNewContext('gc') as Collector;
  setV8Flag('expose-gc', false);
  return gc;
}

/** Collects garbage now: takes some tens of milliseconds, more with a large heap. */
export function collectGarbage(): void {
  collector ??= findCollector();
  collector();
}
