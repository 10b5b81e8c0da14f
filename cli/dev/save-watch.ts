/** Waits for the save of a module, for `glossa dev` and `glossa test --watch`. */
import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { listSourceExtensions } from '../../bridges/compilers.ts';
import { allLanguages } from '../../bridges/languages.ts';
import { watchFolder } from '../../bridges/machine/node/folder-watcher.ts';
import type { ModuleBuild } from './module-builder.ts';

/** Waits until a module, a volfile, a test, a source or a file beside it is saved. */
export class SaveWatch {
  /** Resolves at the first save. */
  readonly whenSaved: Promise<'saved'>;
  private readonly stopFunctions: readonly (() => void)[];
  /** Keeps the process alive, which the watcher alone does not. */
  private readonly keepAliveTimer = setInterval(() => {}, 2 ** 30);

  /**
   * @param paths files, or folders all of whose modules and tests are watched
   * @param builds modules that are built here, whose sources are watched instead
   */
  constructor(paths: readonly string[], builds: readonly ModuleBuild[] = []) {
    let reportSave = (): void => {};
    this.whenSaved = new Promise((resolve) => {
      reportSave = () => resolve('saved');
    });
    const moduleExtensions = allLanguages.flatMap(([, { extensions }]) => extensions);
    // A module that was just built was not saved by the user.
    const builtExtensions = builds.map(({ module }) => extname(module));
    const listExtensions = (path: string): string[] =>
      [...moduleExtensions, '.vol', ...(isFolder(path) ? [] : [extname(path)])].filter(
        (extension) => !builtExtensions.includes(extension),
      );
    const watched = [
      ...paths.map((path) => ({
        folder: isFolder(path) ? path : dirname(path),
        extensions: [...new Set(listExtensions(path))],
      })),
      ...builds.map(({ source }) => ({
        folder: dirname(source),
        extensions: listSourceExtensions(source),
      })),
    ];
    this.stopFunctions = watched.map((place) =>
      watchFolder(place.folder, place.extensions, { onChange: reportSave, onFailure() {} }),
    );
  }

  close(): void {
    clearInterval(this.keepAliveTimer);
    for (const stop of this.stopFunctions) stop();
  }
}

/** Whether a path names a folder. */
export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
