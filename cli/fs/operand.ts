/** Reads operands of `glossa fs`: `VOLFILE:/PATH` in a volume, `HOST:/NAME:/PATH` of a server, or a local path. */
import * as local from 'node:fs/promises';
import { Volume, type VolumeSource } from '../../server/open-volume.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';

/** The functions of `fs/promises` that a copy uses: Node's own, or those of a volume. */
export type FileSystem = Pick<
  typeof local,
  | ('chmod' | 'lstat' | 'mkdir' | 'open' | 'opendir' | 'readlink' | 'rename' | 'rm' | 'stat')
  | ('symlink' | 'unlink' | 'utimes')
>;

/** A path, and where it is. */
export interface Operand {
  readonly text: string;
  /** Null for a local path. */
  readonly source: VolumeSource | null;
  readonly path: string;
}

/** Splits at the last `:/`. A text without it, or whose volfile would be empty, is a local path. */
export function parseOperand(text: string): Operand {
  const at = text.lastIndexOf(':/');
  if (at <= 0) return { text, source: null, path: text };
  const name = text.slice(0, at);
  const path = text.slice(at + 1);
  const server = name.indexOf(':/');
  if (server < 0) return { text, source: name, path };
  const volname = name.slice(server + 2);
  return { text, source: { host: name.slice(0, server), volname }, path };
}

/** @throws {UsageError} for a local path */
export function parseVolumeOperand(text: string): Operand & { readonly source: VolumeSource } {
  const operand = parseOperand(text);
  if (operand.source !== null) return { ...operand, source: operand.source };
  throw new UsageError(`'${text}' names no volume: write VOLFILE:/PATH or HOST:/NAME:/PATH`);
}

/** The volumes of a command, each opened once, with the signal that ends their calls. */
export class OpenVolumes {
  private readonly bySource = new Map<string, Promise<Volume>>();
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** @throws {Failure} with the problems of the volfile */
  async open(source: VolumeSource): Promise<Volume> {
    const key = JSON.stringify(source);
    const opening = this.bySource.get(key) ?? Volume.open(source);
    this.bySource.set(key, opening);
    try {
      return (await opening).with({ signal: this.signal });
    } catch (error) {
      throw new Failure(error instanceof Error ? error.message : String(error));
    }
  }

  /** The functions for an operand: those of its volume, or the machine's own. */
  async fileSystem({ source }: Operand): Promise<FileSystem> {
    return source === null ? local : ((await this.open(source)) as unknown as FileSystem);
  }

  async close(): Promise<void> {
    for (const opening of this.bySource.values()) {
      const [result] = await Promise.allSettled([opening]);
      if (result.status === 'fulfilled') await result.value.close();
    }
  }
}
