/**
 * Makes a provider for Node's `node:vfs` (from 26.4 on, with `--experimental-vfs`): after a mount, the
 * `node:fs` of any package reaches the volume.
 *
 *     const files = vfs.create(createProvider(volume));
 *     const mountPoint = files.mount();
 */
import type { FileHandle, FileHandleSteps } from './file-handle.ts';
import { runSync, type Steps } from './steps.ts';
import type { Volume } from './volume.ts';

/** Methods of a provider that `fs/promises` and `fs` have, too. */
const PROVIDER_METHODS = [
  ...['access', 'appendFile', 'chmod', 'chown', 'copyFile', 'lchown', 'link', 'lstat', 'lutimes'],
  ...['mkdir', 'readFile', 'readdir', 'readlink', 'realpath', 'rename', 'rmdir', 'stat'],
  ...['symlink', 'unlink', 'utimes', 'writeFile'],
] as const;

/**
 * The methods of a FileHandle that a provider's file has, with the member of the result that the `Sync` form returns;
 * null for the whole result.
 */
const FILE_METHODS: Readonly<Record<string, string | null>> = {
  ...{ chmod: null, chown: null, close: null, datasync: null, readFile: null, stat: null },
  ...{ sync: null, truncate: null, utimes: null, writeFile: null, appendFile: null },
  ...{ read: 'bytesRead', readv: 'bytesRead', write: 'bytesWritten', writev: 'bytesWritten' },
};

type AnyFunction = (...args: unknown[]) => unknown;
type MethodTable = Record<string, unknown>;

/** Makes an open file as `node:vfs` uses it. */
function makeVirtualFile(handle: FileHandle, flags: unknown, mode: unknown): object {
  const file: MethodTable = { path: handle.path, flags, mode: mode ?? 0o644 };
  for (const [name, member] of Object.entries(FILE_METHODS)) {
    const method = name as 'read';
    file[name] = (...args: never[]) => (handle[method] as AnyFunction)(...args);
    file[`${name}Sync`] = (...args: never[]) => {
      const steps = handle.steps as unknown as Record<string, (...args: never[]) => Steps<unknown>>;
      const result = runSync(steps[name]!(...args));
      return member === null ? result : (result as Readonly<Record<string, unknown>>)[member];
    };
  }
  return Object.defineProperties(file, {
    closed: { get: () => (handle.steps as FileHandleSteps).isClosed },
  });
}

/** Makes the provider of a volume. @throws {Error} in a Node without `node:vfs` */
export function createProvider(volume: Volume): object {
  const vfs = process.getBuiltinModule('node:vfs') as
    | { readonly VirtualProvider: new () => object }
    | undefined;
  if (vfs === undefined) {
    throw new Error('node:vfs is missing: use Node 26.4 or later, with --experimental-vfs');
  }
  const { fs, steps } = volume;
  const provider = new vfs.VirtualProvider() as MethodTable;
  for (const name of PROVIDER_METHODS) {
    const asyncMethods = volume as unknown as Record<string, AnyFunction>;
    const syncMethods = fs as unknown as Record<string, AnyFunction>;
    provider[name] = (...args: unknown[]) => asyncMethods[name]!(...args);
    provider[`${name}Sync`] = (...args: unknown[]) => syncMethods[`${name}Sync`]!(...args);
  }
  provider.exists = (path: string) => volume.exists(path);
  provider.existsSync = (path: string) => fs.existsSync(path);
  provider.open = async (path: string, flags: unknown, mode: unknown) =>
    makeVirtualFile(await steps.run(steps.open(path, flags, mode)), flags, mode);
  provider.openSync = (path: string, flags: unknown, mode: unknown) =>
    makeVirtualFile(runSync(steps.open(path, flags, mode)), flags, mode);
  provider.watch = (...args: unknown[]) => (fs.watch as AnyFunction)(...args);
  provider.watchAsync = (path: string, options: object) => volume.watch(path, options);
  provider.watchFile = (...args: unknown[]) => (fs.watchFile as AnyFunction)(...args);
  provider.unwatchFile = (...args: unknown[]) => (fs.unwatchFile as AnyFunction)(...args);
  return Object.defineProperties(provider, {
    supportsSymlinks: { value: true },
    supportsWatch: { value: true },
  });
}
