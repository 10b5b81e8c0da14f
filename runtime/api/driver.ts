/**
 * Sends the fops of one caller into a graph, and returns promises of the replies: for recorders, bridges and tests
 * that await single fops. `DriverSteps` does the work; `Volume` uses that directly.
 */
import type { FopName, FopTable } from '../core/gen/fops.gen.ts';
import { DriverSteps, type Reply } from './driver-steps.ts';
import { makePromiseFacade, type PromiseFacade } from './promise-facade.ts';
import { runSteps } from './steps.ts';

export {
  type Caller,
  connect,
  type DriverSettings,
  findArgumentPath,
  type Reply,
  RequestStack,
  ROOT_CALLER,
} from './driver-steps.ts';
export { FopError } from './fop-error.ts';

// Requests belong to the steps, so `interruptRequests` of these interrupts them.
type OwnMethods = 'wind' | 'expect' | 'interruptRequests';

const DriverFacade = makePromiseFacade(DriverSteps) as unknown as new (
  ...settings: ConstructorParameters<typeof DriverSteps>
) => Omit<PromiseFacade<DriverSteps>, OwnMethods>;

/** The methods of `DriverSteps`, each with a promise of its result. */
export class Driver extends DriverFacade {
  /** Winds one fop, and leaves the inode table unchanged. */
  wind<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return runSteps(this.steps.wind(name, args));
  }

  /** Winds as `wind` does, for a caller that learns the fop's name at run time, so with unchecked arguments. */
  windByName(name: FopName, args: readonly unknown[]): Promise<Reply> {
    return runSteps(this.steps.wind(name, args));
  }

  /** Does as `apply`, with the arguments one by one; throws for a failed fop. @throws {FopError} */
  expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return runSteps(this.steps.expect(name, ...args));
  }
}
