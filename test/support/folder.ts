/** Temporary folders: each is removed when its test ends; one made outside of a test, when the run does. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject, onTestFinished, TestRunner } from 'vitest';

/** Makes a folder with these files. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(inject('runFolder'), 'folder-'));
  if (TestRunner.getCurrentTest() !== undefined)
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
