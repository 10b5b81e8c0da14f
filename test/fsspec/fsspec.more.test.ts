/** Files of volumes by fsspec and by pandas, on storage/posix and on storage/memory. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { isSkipped } from '../support/obstacle.ts';
import { allPassed, findPythonObstacle, runPythonTests } from '../support/python.ts';
import { selectVariants } from '../support/test-selection.ts';

const obstacle = findPythonObstacle('fsspec', 'pandas');

describe.skipIf(isSkipped('glossa.fsspec', obstacle))('glossa.fsspec', () => {
  const storages = [
    ['storage/posix', 'option directory files'],
    ['storage/memory', ''],
  ] as const;
  it.each(selectVariants(storages, ([type]) => type === 'storage/posix'))(
    "on %s behaves like fsspec's local file system",
    async (type, option) => {
      const folder = makeFolder();
      mkdirSync(join(folder, 'files'));
      const volfile = join(folder, 'files.vol');
      writeFileSync(volfile, `volume files\n  type ${type}\n  ${option}\nend-volume\n`);
      const settings = { modules: ['fsspec', 'pandas'], env: { FSSPEC_VOLFILE: volfile } };
      const outcomes = await runPythonTests(import.meta.dirname, settings);
      expect(Object.keys(outcomes).length).toBeGreaterThan(25);
      expect(outcomes).toEqual(allPassed(outcomes));
    },
  );
});
