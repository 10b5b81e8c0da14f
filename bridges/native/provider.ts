/** Declares the interface of a language whose translators features/native runs in the process. */
import type { LogSource } from '../../runtime/core/log.ts';
import type { Options } from '../../runtime/core/options.ts';
import type { Translator, Xlator } from '../../runtime/core/xlator.ts';
import type { WrittenFops } from './written-record.ts';

/** Loads the files of one language; `typescript.ts` and `shared-object.ts` have one each. */
export interface Provider {
  /** Extensions of its files, with the dot. */
  readonly extensions: readonly string[];
  /**
   * Checks a file without running it.
   * @returns the fops as the file has them; null if that is unknown
   * @throws {InitError | GraphError} if it cannot be loaded
   */
  check(path: string): WrittenFops | null;
  /**
   * Loads a file, and returns its checked translator record (its `defineTranslator` argument) for
   * this volume, and the paths of the loaded files. The record's `fini` frees what the load took.
   * @throws {InitError | GraphError} naming the file, and the line if known
   */
  load(path: string, xl: Xlator<unknown>, settings: NativeSettings): Promise<LoadedRecord>;
}

/** A loaded translator. */
export interface LoadedRecord {
  readonly record: Translator<unknown>;
  /** The paths of the loaded files, which option reload watches. */
  readonly files: readonly string[];
  /** Finds the line of the files that runs now; null if none does. Undefined for files whose host finds it. */
  locate?(): LogSource | null;
}

/** The settings of features/native that a provider needs. */
export interface NativeSettings {
  /** The options of features/native itself, which files must not declare. */
  readonly hostOptions: Options;
  /** The library that calls C functions. */
  readonly ffi: 'koffi' | 'ffi-rs';
}
