/**
 * Defines host functions for granted files (options allow-read, allow-write) and environment
 * variables (allow-env). They refuse and log any other access.
 */
import { EACCES, ELOOP, EXDEV, errnoName } from '../../runtime/core/errno.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../runtime/core/open-flags.ts';
import type { GuestHost } from '../host/guest-host.ts';
import type { FoundModule } from '../host/language.ts';
import type { Grants } from '../host/limits/grants.ts';
import type { GrantedFiles, Machine, MemoryTools } from '../host/machine.ts';
import { dirname, resolve } from '../host/paths.ts';
import type { HostFunction } from './engine.ts';

/** Bytes of a file: it is read and written whole, as text. */
const MOST_BYTES = 16 * 2 ** 20;
const CREATE = O_WRONLY | O_CREAT | O_TRUNC;

const BEYOND: ReadonlySet<number> = new Set([EACCES, ELOOP, EXDEV]);

type Verb = 'read' | 'write';

export class GrantedAccess {
  /** The functions of library/grants.ts, with bytes as text of one character a byte. */
  readonly functions: Readonly<Record<string, HostFunction>>;
  readonly #files: GrantedFiles;
  readonly #memory: MemoryTools;
  readonly #module: FoundModule;
  readonly #host: GuestHost;

  constructor(
    grants: Grants,
    module: FoundModule,
    host: GuestHost,
    machine: Pick<Machine, 'openFiles' | 'memory'>,
  ) {
    this.#files = machine.openFiles(grants);
    this.#memory = machine.memory;
    this.#module = module;
    this.#host = host;
    const { env } = grants;
    const f = (params: string, call: HostFunction['call']): HostFunction => ({ params, call });
    this.functions = {
      read_file: f('s', (path = '') => this.#read(path)),
      list_folder: f('s', (path = '') => {
        const [asked, names] = this.#try('read', path, (at) => this.#files.list(at));
        return typeof names === 'number' ? this.#fail('read', names, asked) : JSON.stringify(names);
      }),
      write_file: f('ss', (path = '', text = '') => this.#write(path, text)),
      env: f('s', (name = '') =>
        Object.hasOwn(env, name) ? env[name] : this.#refuse(`the variable ${name}`, 'allow-env'),
      ),
    };
  }

  close(): void {
    this.#files.close();
  }

  #refuse(what: string, option: string): never {
    const text = `${what} is refused (option ${option})`;
    this.#host.refused({ file: this.#module.path, line: 0, func: '-' }, text);
    throw new Error(`EACCES: ${text}`);
  }

  #fail(verb: Verb, result: number, path: string): never {
    // A link or a mount leads beyond the granted paths.
    if (BEYOND.has(-result)) this.#refuse(`${verb} of ${path}`, `allow-${verb}`);
    throw new Error(`${errnoName(-result)}: ${path}`);
  }

  /** Runs `action` with the resolved path, if it is granted. */
  #try<T>(verb: Verb, path: string, action: (asked: string) => T): [string, T] {
    const asked = resolve(dirname(this.#module.path), path);
    const granted = !path.includes('\0') && this.#files.state(verb, asked) === 1;
    if (!granted) this.#refuse(`${verb} of ${asked}`, `allow-${verb}`);
    return [asked, action(asked)];
  }

  #open(verb: Verb, path: string, flags: number): number {
    const [asked, file] = this.#try(verb, path, (at) => this.#files.openFile(at, flags, 0o666));
    return file < 0 ? this.#fail(verb, file, asked) : file;
  }

  #read(path: string): string {
    const file = this.#open('read', path, O_RDONLY);
    try {
      const about = this.#files.fstat(file);
      const size = typeof about === 'number' ? 0 : about.size;
      if (size > MOST_BYTES) throw new Error(`EFBIG: ${path} has more than ${MOST_BYTES} bytes`);
      const bytes = new Uint8Array(size);
      const length = this.#files.read(file, bytes, 0);
      if (length < 0) this.#fail('read', length, path);
      return this.#memory.latin1(bytes.subarray(0, length));
    } finally {
      this.#files.closeFile(file);
    }
  }

  #write(path: string, text: string): undefined {
    const file = this.#open('write', path, CREATE);
    try {
      const written = this.#files.write(file, this.#memory.fromLatin1(text), 0);
      if (written < 0) this.#fail('write', written, path);
    } finally {
      this.#files.closeFile(file);
    }
  }
}
