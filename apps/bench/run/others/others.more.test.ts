import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FUSE_NATIVE_INSTALL } from '../../../../runtime/mount/fuse-native/install-command.ts';
import { runCommand } from '../../../../test/support/cli.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { isSkipped } from '../../../../test/support/obstacle.ts';
import { isInstalled } from '../../../../test/support/tools.ts';
import { MeasurementError } from '../../engine/measurement-error.ts';
import { fuseNative } from './fuse-native.ts';
import { fusepy } from './fusepy.ts';
import type { OtherStack } from './implementation.ts';
import { addOtherImplementations } from './index.ts';
import { libfuse } from './libfuse.ts';
import { makeOtherImplementationPlan } from './other-plan.ts';

const sameLookupStacks: readonly string[] = [];

let scratch: string;
beforeEach(() => {
  scratch = makeFolder();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A folder with programs that only exit with 0. */
function makePrograms(...names: string[]): string {
  const folder = join(scratch, 'bin');
  mkdirSync(folder);
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  }
  return folder;
}

/** Writes a Python module that shadows the system's. */
function writePythonModule(name: string, text: string): void {
  vi.stubEnv('PYTHONPATH', scratch);
  writeFileSync(join(scratch, `${name}.py`), text);
}

const raiseNoModule = (name: string): string =>
  `raise ModuleNotFoundError("No module named '${name}'")\n`;

describe('the warning about a missing implementation', () => {
  it.each<[string[], string]>([
    [[], 'there is no C compiler (apt install gcc libc6-dev pkg-config libfuse3-dev)'],
    [['pkg-config'], 'there is no C compiler (apt install gcc libc6-dev)'],
    [['cc'], 'libfuse 3 is not installed (apt install pkg-config libfuse3-dev)'],
  ])('names the packages to install for libfuse with only %j on PATH', (programNames, problem) => {
    vi.stubEnv('PATH', makePrograms(...programNames));
    expect(libfuse.prepare(scratch)).toBe(problem);
  });

  it('names the package to install for fuse-native if its module is missing', () => {
    vi.stubEnv('NODE_PATH', scratch);
    expect(fuseNative.prepare(scratch)).toBe(`it is not installed (${FUSE_NATIVE_INSTALL})`);
  });

  it('contains the error message of fuse-native if it does not run', () => {
    const folder = join(scratch, 'fuse-native');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"main": "index.js"}');
    writeFileSync(join(folder, 'index.js'), 'throw new Error("No native build was found");');
    vi.stubEnv('NODE_PATH', scratch);
    expect(fuseNative.prepare(scratch)).toBe(
      'it does not run here: Error: No native build was found',
    );
  });

  it('names the package to install for fusepy if its module is missing', () => {
    writePythonModule('fusepy', raiseNoModule('fusepy'));
    writePythonModule('fuse', raiseNoModule('fuse'));
    expect(fusepy.prepare(scratch)).toMatch(/ \(apt install python3-fusepy\)$/);
  });

  const noPython = isInstalled('python3') ? '' : 'python3 is not installed';
  it.skipIf(isSkipped('what fusepy needs', noPython))(
    'names the package to install for fusepy if libfuse 2 is missing',
    () => {
      writePythonModule('fusepy', 'raise EnvironmentError("Unable to find libfuse")\n');
      expect(fusepy.prepare(scratch)).toBe('libfuse 2 is not installed (apt install libfuse2)');
    },
  );

  it('states which implementation is left out, and which packages to install', () => {
    vi.stubEnv('PATH', makePrograms());
    const stacks = { stacks: [], warnings: ['one'], question: 'How fast?', sameLookupStacks };
    expect(addOtherImplementations(stacks, ['libfuse'], scratch)).toEqual({
      ...stacks,
      warnings: [
        'one',
        'libfuse is left out: there is no C compiler ' +
          '(apt install gcc libc6-dev pkg-config libfuse3-dev)',
      ],
      otherImplementations: { stacks: [], versions: {} },
    });
  });
});

it('a user other than root gets a warning if fusermount3 is missing', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(4321);
  const stacks = { stacks: [], warnings: [], question: 'How fast?', sameLookupStacks };
  const path = makePrograms('cc', 'pkg-config');
  vi.stubEnv('PATH', path);
  const withoutFusermount = addOtherImplementations(stacks, ['libfuse'], scratch);
  expect(withoutFusermount.warnings).toEqual([
    'libfuse is left out: there is no fusermount3 (apt install fuse3)',
  ]);
  writeFileSync(join(path, 'fusermount3'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  expect(addOtherImplementations(stacks, ['libfuse'], scratch).warnings).toEqual([]);
});

describe('a stack of --with', () => {
  const failing: OtherStack = {
    name: 'failing',
    description: '',
    makeCommand: ({ directory }) => ({
      commandLine: [
        process.execPath,
        '-e',
        `console.error('error: no luck'); process.exit(1)`,
        directory,
      ],
    }),
  };
  const timeouts = { entry: 0, attribute: 1, negative: 0 };

  it("is reported with its server's error message if it does not mount", async () => {
    const plan = makeOtherImplementationPlan(failing, { scratch, dataFolder: scratch, timeouts });
    await expect(plan.serve()).rejects.toThrow(
      new MeasurementError('it did not mount: error: no luck'),
    );
    expect(readFileSync(join(scratch, 'failing.log'), 'utf8')).toContain('no luck');
    plan.discard();
  });

  it('is reported as not mounted, with the path of its program, if that is absent', async () => {
    const absent: OtherStack = {
      ...failing,
      makeCommand: () => ({ commandLine: [join(scratch, 'gone')] }),
    };
    const plan = makeOtherImplementationPlan(absent, { scratch, dataFolder: scratch, timeouts });
    await expect(plan.serve()).rejects.toThrow(/^it did not mount: spawn .*\/gone ENOENT$/);
  });

  it('is refused if a volfile has its name', async () => {
    const path = join(scratch, 'libfuse-floor.vol');
    writeFileSync(path, 'volume m\n type storage/memory\nend-volume\n');
    const { status, err } = await runCommand(['bench', path, '--with', 'libfuse']);
    expect(err).toContain('has the name of a stack of --with: call it something else');
    expect(status).toBe(1);
  });
});
