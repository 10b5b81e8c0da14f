/** Paths that a user names, before they are looked at: behind a mount that hangs a look never ends. */
import { stuckOnTheWay, whyStuck } from '../mount/mount-health.ts';
import { Failure } from './exit.ts';

/** @throws {Failure} when a mount on the way to one of them does not answer */
export async function refuseStuck(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const stuck = await stuckOnTheWay(path);
    if (stuck !== null) throw new Failure(`cannot look at ${path}: ${whyStuck(stuck)}`);
  }
}
