/** Winds requests into a graph (`requests.ts`) for callers that wait for promises. */
import type { FopName, FopTable } from '../core/gen/fops.gen.ts';
import type { Inode } from '../core/inode.ts';
import { type Reply, Requests } from './requests.ts';
import { runSteps } from './steps.ts';
import type { FoundFile, Place } from './walk.ts';

export {
  Call,
  type Caller,
  connect,
  FopError,
  pathOf,
  type Reply,
  type RequestSettings as DriverSettings,
  ROOT,
} from './requests.ts';

export class Driver {
  readonly requests: Requests;
  readonly client: Requests['client'];
  readonly graph: Requests['graph'];

  constructor(...settings: ConstructorParameters<typeof Requests>) {
    this.requests = new Requests(...settings);
    this.client = this.requests.client;
    this.graph = this.requests.graph;
  }

  get root(): Inode {
    return this.requests.root;
  }

  /** Winds one fop, and leaves the inode table unchanged. */
  wind<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return runSteps(this.requests.wind(name, args));
  }

  /** The same for a fop by name. */
  windArgs(name: FopName, args: readonly unknown[]): Promise<Reply> {
    return runSteps(this.requests.wind(name, args));
  }

  /** Winds a fop and applies its reply to the inode table, as a mount does. */
  apply(name: FopName, args: readonly unknown[]): Promise<Reply> {
    return runSteps(this.requests.apply(name, args));
  }

  /** The same; a failed fop throws. @throws {FopError} */
  expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return runSteps(this.requests.expect(name, ...args));
  }

  /** Finds the file of a path; by default a symbolic link at its end is not followed. @throws {FopError} */
  find(path: string, last: 'follow' | 'look' = 'look'): Promise<FoundFile> {
    return runSteps(this.requests.find(path, last));
  }

  /** The same; undefined if the file does not exist. @throws {FopError} for any other failure */
  seek(path: string, last: 'follow' | 'look' = 'look'): Promise<FoundFile | undefined> {
    return runSteps(this.requests.seek(path, last));
  }

  /** Directory and name of a path, whose file may not exist. @throws {FopError} */
  place(path: string): Promise<Place> {
    return runSteps(this.requests.place(path));
  }

  gfidRequest(): ReturnType<Requests['gfidRequest']> {
    return this.requests.gfidRequest();
  }

  newLoc(place: Place): ReturnType<Requests['newLoc']> {
    return this.requests.newLoc(place);
  }

  knownLoc(path: string): ReturnType<Requests['knownLoc']> {
    return this.requests.knownLoc(path);
  }

  newFd(...about: Parameters<Requests['newFd']>): ReturnType<Requests['newFd']> {
    return this.requests.newFd(...about);
  }
}
