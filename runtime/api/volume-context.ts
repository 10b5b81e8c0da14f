/** Provides the operations of a volume with one caller's driver and file operations. */
import { EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from '../core/errno.ts';
import { type Dirent as Entry, IA_IFDIR, typeOfMode } from '../core/iatt.ts';
import { type Caller, DriverSteps, type Refusal } from './driver-steps.ts';
import { FilesSteps } from './files.ts';
import { FopError } from './fop-error.ts';
import { readEntries } from './open-directory.ts';
import type { Steps } from './steps.ts';
import { findEntryFile, type TreeDirectory } from './tree.ts';
import type { VolumeClient } from './volume-client.ts';

/** The caller for whom operations run, and their settings. */
export interface VolumeStepsSettings {
  readonly caller: Caller;
  readonly umask: number;
  readonly signal: AbortSignal | undefined;
  /** All objects of the volume refer to it. When it is garbage collected, the program has dropped them all. */
  readonly collectionToken: object;
  /** Whether the results of operations are awaited as promises; by default true. */
  readonly awaitsPromise?: boolean;
  /** Returns a further reason to fail a request before it is sent. */
  readonly findRefusal?: () => Refusal;
  /** Whether it is too late to send a request to a brick. */
  readonly isTooLate?: () => boolean;
}

/** The last argument of an operation, as in Node. */
export type Options = Readonly<Record<string, unknown>> | string | null;

/** Errnos of a symbolic link without a target that the caller can reach. */
const UNREACHABLE_ERRNOS: ReadonlySet<number> = new Set([
  EACCES,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
]);

/** One caller's access to a volume; `VolumeSteps` adds the operations. */
export class VolumeContext {
  readonly client: VolumeClient;
  readonly settings: VolumeStepsSettings;
  readonly driver: DriverSteps;
  readonly files: FilesSteps;

  constructor(client: VolumeClient, settings: VolumeStepsSettings) {
    this.client = client;
    this.settings = settings;
    const { signal, isTooLate, findRefusal: findOtherRefusal } = settings;
    // Open files refer to this function, so it must not refer to `settings`, which has the collection token.
    const findRefusal = (): Refusal => client.findRefusal(signal) ?? findOtherRefusal?.() ?? null;
    const { links } = client.settings;
    const { awaitsPromise = true } = settings;
    this.driver = new DriverSteps(client.graphClient, settings.caller, {
      findRefusal,
      isTooLate,
      awaitsPromise,
      ...(links === undefined ? {} : { links }),
    });
    this.files = new FilesSteps(this.driver, { asKernel: true, umask: settings.umask });
  }

  /** Returns constructor arguments for the same operations, which `signal` ends, too. */
  withSignal(signal: AbortSignal): [VolumeClient, VolumeStepsSettings] {
    const { client, settings } = this;
    const eitherSignal =
      settings.signal === undefined ? signal : AbortSignal.any([settings.signal, signal]);
    return [client, { ...settings, signal: eitherSignal }];
  }

  /** Runs an operation of this identity, until its signal is aborted. */
  run<R>(steps: Steps<R>): Promise<R> {
    return this.client.run(steps, this.settings.signal, this.driver);
  }

  /** Finds a directory. @throws {FopError} ENOTDIR */
  *findDirectory(path: string): Steps<TreeDirectory> {
    const { inode, buf } = yield* this.files.find(path);
    if (buf.iaType !== IA_IFDIR) throw new FopError(ENOTDIR, path);
    return { inode, path };
  }

  /** Lists a directory, with the types of its entries (IA_*). @throws {FopError} */
  *listEntries(path: string): Steps<{ readonly entry: Entry; readonly type: number }[]> {
    const directory = yield* this.findDirectory(path);
    const list: { readonly entry: Entry; readonly type: number }[] = [];
    for (const entry of yield* readEntries(this.driver, directory.inode))
      list.push({ entry, type: yield* this.findEntryType(entry, directory) });
    return list;
  }

  /** Whether a symbolic link leads to a directory that the caller can reach. */
  *leadsToDirectory(path: string): Steps<boolean> {
    try {
      return (yield* this.files.find(path)).buf.iaType === IA_IFDIR;
    } catch (error) {
      if (error instanceof FopError && UNREACHABLE_ERRNOS.has(error.errno)) return false;
      throw error;
    }
  }

  /** Finds the type of an entry (IA_*), by a lookup if the listing does not report it. */
  *findEntryType(entry: Entry, directory: TreeDirectory): Steps<number> {
    // The type of an entry (DT_*) is that of a mode, shifted by 12 bits.
    const type = typeOfMode(entry.type << 12);
    if (type !== 0) return type;
    return (yield* findEntryFile(this.driver, directory, entry))?.buf.iaType ?? 0;
  }
}
