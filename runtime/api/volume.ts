/**
 * Defines Volume, by which a program uses a graph's files without a mount. It has the methods of
 * Node's `fs/promises`, and what gfapi offers beyond them.
 */
/// <reference types="node" preserve="true" />
import type * as nodeFs from 'node:fs';
import type * as promises from 'node:fs/promises';
import type { Graph } from '../core/graph.ts';
import { toHex } from '../core/hex.ts';
import { type PathLike, readSignal, toInteger } from './arguments.ts';
import type { FileHandle } from './file-handle.ts';
import { type GlobOptions, glob } from './glob.ts';
import { makeFs } from './node-fs.ts';
import { makePromiseFacade, type PromiseFacade } from './promise-facade.ts';
import type { BigIntStats, Dirent, Stats } from './stats.ts';
import { VolumeClient, type VolumeClientSettings } from './volume-client.ts';
import type { VolumeStepsSettings } from './volume-context.ts';
import { VolumeSteps } from './volume-steps.ts';
import { type WalkOptions, type WalkStep, walkTree } from './walk-tree.ts';
import { type WatchEvent, type WatchOptions, watch } from './watch.ts';

/** The user, groups and process for which operations run. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
  /** Process id in requests; by default this program's. */
  readonly pid?: number;
  /** Owner of record locks: hexadecimal text. */
  readonly lockOwner?: string;
}

/** The settings of all operations of one Volume object. */
export interface OperationSettings extends Identity {
  /** Ends the operations under way, and refuses further ones. */
  readonly signal?: AbortSignal | undefined;
}

/** The settings of a new volume. */
export interface VolumeSettings extends Identity, VolumeClientSettings {
  /** Permission bits that new files do not get; by default 0o022. */
  readonly umask?: number;
}

/** Methods with the signatures of Node. */
type NodeMethods = Pick<
  typeof promises,
  | ('access' | 'appendFile' | 'copyFile' | 'cp' | 'link' | 'mkdir')
  | ('mkdtemp' | 'opendir' | 'readFile' | 'readdir' | 'readlink' | 'realpath' | 'rm' | 'rmdir')
  | ('statfs' | 'symlink' | 'truncate' | 'unlink' | 'writeFile')
>;

/** `stat` and `lstat`: Node's signatures, with results that have a gfid. */
interface StatMethod {
  (path: PathLike, options?: { bigint?: false; throwIfNoEntry?: true }): Promise<Stats>;
  (path: PathLike, options: { bigint?: false; throwIfNoEntry: false }): Promise<Stats | undefined>;
  (path: PathLike, options: { bigint: true; throwIfNoEntry?: true }): Promise<BigIntStats>;
  (path: PathLike, options: nodeFs.StatOptions): Promise<Stats | BigIntStats>;
}

/** Methods of `fs/promises` with other signatures than in Node. */
interface OwnMethods {
  readonly lstat: StatMethod;
  readonly stat: StatMethod;
}

type FacadeMethods = NodeMethods &
  OwnMethods &
  Omit<PromiseFacade<VolumeSteps>, keyof NodeMethods | keyof OwnMethods | 'run' | 'steps'>;

/**
 * A class with the methods of VolumeSteps, in which each operation is a generator of steps. Its methods run the steps,
 * and return a promise. A `signal` in the last argument ends that operation alone.
 */
const VolumeFacade = makePromiseFacade(
  VolumeSteps,
  (operation, volumeSteps) => volumeSteps.run(operation),
  (volumeSteps, args) => {
    const signal = readSignal(args.at(-1));
    return signal === undefined ? volumeSteps : new VolumeSteps(...volumeSteps.withSignal(signal));
  },
) as unknown as new (
  client: VolumeClient,
  settings: VolumeStepsSettings,
) => FacadeMethods & { readonly steps: VolumeSteps };

/** The files of a graph, for one caller. */
export class Volume extends VolumeFacade {
  /** The value of `fs`, made when it is first read. */
  private ownFs: typeof nodeFs | undefined;

  /** Makes the volume of a graph that is up. */
  static fromGraph<V extends Volume>(
    this: new (
      ...args: ConstructorParameters<typeof VolumeFacade>
    ) => V,
    graph: Graph,
    settings: VolumeSettings = {},
  ): V {
    const { umask = 0o022, ...rest } = settings;
    const client = new VolumeClient(graph, rest);
    return new this(client, {
      caller: makeCaller(rest, makeLockOwner(graph)),
      umask: toInteger(umask, 'umask', 0, 0o777),
      signal: undefined,
      // Shared with the objects that `with` returns, so that it is garbage collected after all of them.
      collectionToken: {},
    });
  }

  /** Returns the same volume for another caller, or with a signal that ends its operations. */
  with({ signal, ...identity }: OperationSettings): this {
    const { caller, umask, signal: ownSignal, collectionToken } = this.settings;
    const Class = this.constructor as new (
      ...args: ConstructorParameters<typeof VolumeFacade>
    ) => this;
    const { lkOwner = '' } = caller;
    const mergedIdentity = { ...caller, lockOwner: lkOwner, ...identity };
    return new Class(this.client, {
      caller: makeCaller(mergedIdentity, lkOwner),
      umask,
      signal: readSignal({ signal }) ?? ownSignal,
      collectionToken,
    });
  }

  /** This volume in the shape of Node's `fs`. */
  get fs(): typeof nodeFs {
    this.ownFs ??= makeFs(this, this.steps);
    return this.ownFs;
  }

  /** Yields each directory of a tree with its entries, from the top. */
  walk(top: string, options?: WalkOptions): AsyncGenerator<WalkStep, void> {
    return walkTree(this.steps, top, options);
  }

  /** Yields the paths that match patterns, from `cwd`; with `withFileTypes`, their entries. */
  glob(
    patterns: string | readonly string[],
    options: GlobOptions & { readonly withFileTypes: true },
  ): AsyncGenerator<Dirent, void>;
  glob(
    patterns: string | readonly string[],
    options?: GlobOptions & { readonly withFileTypes?: false },
  ): AsyncGenerator<string, void>;
  glob(
    patterns: string | readonly string[],
    options?: GlobOptions,
  ): AsyncGenerator<string | Dirent, void>;
  glob(patterns: unknown, options?: unknown): AsyncGenerator<string | Dirent, void> {
    return glob(this.steps, patterns, options);
  }

  /** Yields the changes of a file or directory, until the iterator ends or its signal is aborted. */
  watch(path: string, options?: WatchOptions): AsyncGenerator<WatchEvent, void> {
    return watch(this.steps, path, options);
  }

  /** Ends all operations, flushes and closes open files, and leaves the graph. */
  close(): Promise<void> {
    return this.client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export type { FileHandle };

/**
 * Completes an identity with the ids of this process; in a browser, with root's.
 * @param owner the lock owner of an identity without one
 */
function makeCaller(identity: Identity, owner: string): VolumeStepsSettings['caller'] {
  const { process } = globalThis;
  const { uid, gid, groups, pid, lockOwner = owner } = identity;
  return {
    uid: toInteger(uid ?? process?.getuid?.() ?? 0, 'uid', 0, 0xffff_ffff),
    gid: toInteger(gid ?? process?.getgid?.() ?? 0, 'gid', 0, 0xffff_ffff),
    groups: groups ?? (uid === undefined ? (process?.getgroups?.() ?? []) : []),
    pid: toInteger(pid ?? process?.pid ?? 0, 'pid', -0x8000_0000, 0x7fff_ffff),
    lkOwner: lockOwner,
  };
}

/** Makes a random owner of locks: 8 bytes, as the kernel's are. */
function makeLockOwner({ top }: Graph): string {
  const random = new Uint8Array(8);
  top.context.random(random);
  return toHex(random);
}
