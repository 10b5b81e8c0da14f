/** The base of translators, and the declaration of a module's translator. */
import { Dispatch, DispatchOf } from './dispatch.gen';
import { Option } from './options';

/**
 * A translator. A method named as a fop gets the request on its way down, `<fop>Cbk` the reply on its way up;
 * `<fop>Cancel` runs when the caller is interrupted. A fop without a method bypasses the translator at no cost.
 * A fop that winds has a callback only where one is defined: without one the reply goes up as it is.
 *
 * Hooks are `fini()`, `notify(event, child)`, `clientDisconnect(client)`, `entryCreated(loc)`,
 * `entryRemoved(loc)`, `reconfigure()`, `loadState(state)`, `statedump(dump)` and `dumpState(state)`.
 */
export abstract class Translator {
  /** Runs before all other methods. A text refuses the start, with that reason. */
  init(): string | null {
    return null;
  }
}

/** The module's translator. */
let declared: Dispatch | null = null;
export let declaredOptions: Option[] = [];
export let declaredNeeds: u32 = 0;

export function dispatch(): Dispatch {
  return declared!;
}

/**
 * Declares the module's translator.
 * @param options that the volfile may set
 * @param needs the sum of numbers such as NEEDS_CLOCK
 */
export function translator<T extends Translator>(options: Option[] = [], needs: u32 = 0): void {
  declared = new DispatchOf<T>();
  declaredOptions = options;
  declaredNeeds = needs;
}
