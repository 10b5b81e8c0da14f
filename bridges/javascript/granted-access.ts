/**
 * Defines host functions for granted files (options allow-read, allow-write) and environment
 * variables (allow-env). They refuse and log any other access.
 */
import { EACCES, ELOOP, EXDEV, errnoName } from '../../runtime/core/errno.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../runtime/core/open-flags.ts';
import { makeHostFunction } from '../host/crossing/kinds.ts';
import type { GuestHost } from '../host/guest-host.ts';
import type { ModuleFile } from '../host/language.ts';
import type { Grants } from '../host/limits/grants.ts';
import { GRANT_STATE, type GrantedFiles, type Machine, type MemoryTools } from '../host/machine.ts';
import { dirname, resolve } from '../host/paths.ts';

/** Maximum size of a file that a module may read, in bytes: it reads the whole file at once. */
const MAX_FILE_BYTES = 16 * 2 ** 20;
const CREATE_FLAGS = O_WRONLY | O_CREAT | O_TRUNC;
/** The permissions of a new file, which the umask restricts. */
const NEW_FILE_MODE = 0o666;

/** Errnos of paths that lead out of the granted folders. */
const OUTSIDE_ERRNOS: ReadonlySet<number> = new Set([EACCES, ELOOP, EXDEV]);

type Access = 'read' | 'write';

/** The granted files and variables of one module. */
export class GrantedAccess {
  /**
   * The functions that library/grants.ts calls. Bytes cross as text, one character for each
   * (latin1).
   */
  readonly functions: ReturnType<GrantedAccess['makeFunctions']>;
  readonly #files: GrantedFiles;
  readonly #memory: MemoryTools;
  readonly #module: ModuleFile;
  readonly #host: GuestHost;

  constructor(
    grants: Grants,
    module: ModuleFile,
    host: GuestHost,
    machine: Pick<Machine, 'openFiles' | 'memory'>,
  ) {
    this.#files = machine.openFiles(grants);
    this.#memory = machine.memory;
    this.#module = module;
    this.#host = host;
    const { env } = grants;
    this.functions = this.makeFunctions(env);
  }

  private makeFunctions(env: Grants['env']) {
    return {
      read_file: makeHostFunction('s', 's', (path = '') => this.#read(path)),
      list_folder: makeHostFunction('s', 's', (path = '') => {
        const [fullPath, names] = this.#runIfGranted('read', path, (granted) =>
          this.#files.list(granted),
        );
        return typeof names === 'number'
          ? this.#throwErrno('read', names, fullPath)
          : JSON.stringify(names);
      }),
      write_file: makeHostFunction('ss', 'v', (path = '', text = '') => this.#write(path, text)),
      env: makeHostFunction('s', 's', (name = '') =>
        Object.hasOwn(env, name) ? env[name] : this.#refuse(`the variable ${name}`, 'allow-env'),
      ),
    };
  }

  close(): void {
    this.#files.close();
  }

  /** Logs and throws the refusal of an access that the option does not grant. */
  #refuse(access: string, option: string): never {
    const text = `${access} is refused (option ${option})`;
    this.#host.logRefusal({ file: this.#module.path, line: 0, func: '-' }, text);
    throw new Error(`EACCES: ${text}`);
  }

  /** Throws the error of a failed access. @param result the negative errno */
  #throwErrno(verb: Access, result: number, path: string): never {
    if (OUTSIDE_ERRNOS.has(-result)) this.#refuse(`${verb} of ${path}`, `allow-${verb}`);
    throw new Error(`${errnoName(-result)}: ${path}`);
  }

  /** Runs `action` with the resolved path, and returns both; throws if the path is not granted. */
  #runIfGranted<T>(verb: Access, path: string, action: (fullPath: string) => T): [string, T] {
    const fullPath = resolve(dirname(this.#module.path), path);
    const isGranted =
      !path.includes('\0') && this.#files.findGrantState(verb, fullPath) === GRANT_STATE.GRANTED;
    if (!isGranted) this.#refuse(`${verb} of ${fullPath}`, `allow-${verb}`);
    return [fullPath, action(fullPath)];
  }

  #open(verb: Access, path: string, flags: number): number {
    const [fullPath, file] = this.#runIfGranted(verb, path, (granted) =>
      this.#files.openFile(granted, flags, NEW_FILE_MODE),
    );
    return file < 0 ? this.#throwErrno(verb, file, fullPath) : file;
  }

  #read(path: string): string {
    const file = this.#open('read', path, O_RDONLY);
    try {
      const attributes = this.#files.fstat(file);
      const size = typeof attributes === 'number' ? 0 : attributes.size;
      if (size > MAX_FILE_BYTES)
        throw new Error(`EFBIG: ${path} has more than ${MAX_FILE_BYTES} bytes`);
      const bytes = new Uint8Array(size);
      const length = this.#files.read(file, bytes, 0);
      if (length < 0) this.#throwErrno('read', length, path);
      return this.#memory.decodeLatin1(bytes.subarray(0, length));
    } finally {
      this.#files.closeFile(file);
    }
  }

  #write(path: string, text: string): undefined {
    const file = this.#open('write', path, CREATE_FLAGS);
    try {
      const writtenCount = this.#files.write(file, this.#memory.encodeLatin1(text), 0);
      if (writtenCount < 0) this.#throwErrno('write', writtenCount, path);
    } finally {
      this.#files.closeFile(file);
    }
  }
}
