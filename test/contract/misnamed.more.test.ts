/** Tests that no method of the repository's modules brings a warning about a misnamed method. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findRemarks } from '../../bridges/host/advice/module-remarks.ts';
import { languages } from '../../bridges/languages.ts';
import { nodeMachine } from '../../bridges/machine/node/index.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { selectVariants } from '../support/test-selection.ts';

/** Of the contract only Python's folder: the other languages have the same method names. */
const FOLDERS = [
  'examples',
  'templates',
  'apps/bench/engine/modules',
  'test/contract/bridge/python',
];

const modules = FOLDERS.flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(py|js)$/.test(file) && !/test|broken/.test(basename(file)))
    .map((file) => join(folder, file)),
).filter((file) =>
  /\bclass xlator\b|^xlator\b/m.test(readFileSync(join(packageRoot, file), 'utf8')),
);

it('the check for misnamed methods covers more than thirty modules', () => {
  expect(modules.length).toBeGreaterThan(30);
});

const isExample = (file: string): boolean => /^(examples|templates)/.test(file);
it.each(selectVariants(modules, isExample))(
  'the module %s causes no warning about a misnamed method',
  async (file) => {
    const path = join(packageRoot, file);
    const language = file.endsWith('.py') ? 'python' : 'javascript';
    const start = await languages[language].hosted.load();
    const doNothing = (): void => {};
    const host = new Proxy({}, { get: () => doNothing });
    const guest = await start(
      {
        name: basename(path).replace(/\.\w+$/, ''),
        path,
        bytes: readFileSync(path),
        source: readFileSync(path, 'utf8'),
        folders: [dirname(path)],
      },
      host as Parameters<typeof start>[1],
      {
        machine: nodeMachine,
        volume: 'top',
        timeLimitS: 60,
        memoryLimitBytes: 512 * 2 ** 20,
        grants: { read: [], write: [], env: {} },
        packages: [],
        logNotice: doNothing,
        logWarning: doNothing,
        warnForeignWritable() {},
        log: doNothing,
      },
    );
    try {
      const { syntax } = languages[language].hosted;
      expect(
        findRemarks(guest, path, syntax).map(({ position, text }) => `${position}: ${text}`),
      ).toEqual([]);
    } finally {
      guest.close();
    }
  },
);
