/**
 * Sends the fops of one caller into a graph, and returns promises of the replies: for recorders, bridges and tests
 * that await single fops. `DriverSteps` does the work; `Volume` uses that directly.
 */
import type { FopName, FopTable } from '../core/gen/fops.gen.ts';
import type { Inode } from '../core/inode.ts';
import { DriverSteps, type Reply } from './driver-steps.ts';
import type { EntryName, FoundFile, LinkMode } from './resolve-path.ts';
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

/** The methods of `DriverSteps`, each with a promise of its result. */
export class Driver {
  readonly steps: DriverSteps;
  readonly client: DriverSteps['client'];
  readonly graph: DriverSteps['graph'];

  constructor(...settings: ConstructorParameters<typeof DriverSteps>) {
    this.steps = new DriverSteps(...settings);
    this.client = this.steps.client;
    this.graph = this.steps.graph;
  }

  get root(): Inode {
    return this.steps.root;
  }

  /** Winds one fop, and leaves the inode table unchanged. */
  wind<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return runSteps(this.steps.wind(name, args));
  }

  /** Winds as `wind` does, for a caller that learns the fop's name at run time, so with unchecked arguments. */
  windByName(name: FopName, args: readonly unknown[]): Promise<Reply> {
    return runSteps(this.steps.wind(name, args));
  }

  /** Winds a fop and applies its reply to the inode table, as a mount does. */
  apply(name: FopName, args: readonly unknown[]): Promise<Reply> {
    return runSteps(this.steps.apply(name, args));
  }

  /** Does as `apply`, with the arguments one by one; throws for a failed fop. @throws {FopError} */
  expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return runSteps(this.steps.expect(name, ...args));
  }

  /** Finds the file of a path; by default without following a symbolic link at its end. @throws {FopError} */
  find(path: string, linkMode?: LinkMode): Promise<FoundFile> {
    return runSteps(this.steps.find(path, linkMode));
  }

  /** Does as `find`, but returns undefined if the file does not exist. @throws {FopError} for any other failure */
  findIfExists(path: string, linkMode?: LinkMode): Promise<FoundFile | undefined> {
    return runSteps(this.steps.findIfExists(path, linkMode));
  }

  /** Finds the directory of a path, whose last name may be absent. @throws {FopError} */
  resolveParent(path: string): Promise<EntryName> {
    return runSteps(this.steps.resolveParent(path));
  }

  /** Makes xdata for a fop that creates an inode, with a fresh gfid. */
  makeGfidRequest(): ReturnType<DriverSteps['makeGfidRequest']> {
    return this.steps.makeGfidRequest();
  }

  /** Makes the loc of a name whose file does not exist yet. */
  makeLoc(entryName: EntryName): ReturnType<DriverSteps['makeLoc']> {
    return this.steps.makeLoc(entryName);
  }

  /** Makes the loc of a path whose directories the inode table knows, so without a lookup. @throws {FopError} */
  makeKnownLoc(path: string): ReturnType<DriverSteps['makeKnownLoc']> {
    return this.steps.makeKnownLoc(path);
  }

  /** Makes an fd of an inode, for an open or create. @param flags `O_*` */
  makeFd(inode: Inode, flags: number, isDirectory = false): ReturnType<DriverSteps['makeFd']> {
    return this.steps.makeFd(inode, flags, isDirectory);
  }
}
