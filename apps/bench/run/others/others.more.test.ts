import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../../../test/support/cli.ts';
import { isSkipped } from '../../../../test/support/obstacle.ts';
import { isInstalled } from '../../../../test/support/tools.ts';
import { NotMeasured } from '../../engine/not-measured.ts';
import { fuseNative } from './fuse-native.ts';
import { fusepy } from './fusepy.ts';
import type { OtherStack } from './implementation.ts';
import { withOthers } from './index.ts';
import { libfuse } from './libfuse.ts';
import { otherPlan } from './other-plan.ts';

const alike: readonly string[] = [];

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'glossa-others-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(scratch, { recursive: true });
});

/** A folder with programs that only exit with 0. */
function programs(...names: string[]): string {
  const folder = join(scratch, 'bin');
  mkdirSync(folder);
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  }
  return folder;
}

/** Writes a Python module that shadows the system's. */
function pythonModule(name: string, text: string): void {
  vi.stubEnv('PYTHONPATH', scratch);
  writeFileSync(join(scratch, `${name}.py`), text);
}

const noModule = (name: string): string =>
  `raise ModuleNotFoundError("No module named '${name}'")\n`;

describe('a part that is missing is named with the package to install', () => {
  it.each<[string[], string]>([
    [[], 'there is no C compiler (apt install gcc libc6-dev pkg-config libfuse3-dev)'],
    [['pkg-config'], 'there is no C compiler (apt install gcc libc6-dev)'],
    [['cc'], 'libfuse 3 is not installed (apt install pkg-config libfuse3-dev)'],
  ])('for libfuse, with only %j on PATH', (there, problem) => {
    vi.stubEnv('PATH', programs(...there));
    expect(libfuse.prepare(scratch)).toBe(problem);
  });

  it('for fuse-native, without its module', () => {
    vi.stubEnv('NODE_PATH', scratch);
    expect(fuseNative.prepare(scratch)).toBe(
      'it is not installed (npm install --ignore-scripts fuse-native)',
    );
  });

  it('for fuse-native, when it does not run', () => {
    const folder = join(scratch, 'fuse-native');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"main": "index.js"}');
    writeFileSync(join(folder, 'index.js'), 'throw new Error("No native build was found");');
    vi.stubEnv('NODE_PATH', scratch);
    expect(fuseNative.prepare(scratch)).toBe(
      'it does not run here: Error: No native build was found',
    );
  });

  it('for fusepy, without its module', () => {
    pythonModule('fusepy', noModule('fusepy'));
    pythonModule('fuse', noModule('fuse'));
    expect(fusepy.prepare(scratch)).toMatch(/ \(apt install python3-fusepy\)$/);
  });

  const noPython = isInstalled('python3') ? '' : 'python3 is not installed';
  it.skipIf(isSkipped('what fusepy needs', noPython))('for fusepy, without libfuse 2', () => {
    pythonModule('fusepy', 'raise EnvironmentError("Unable to find libfuse")\n');
    expect(fusepy.prepare(scratch)).toBe('libfuse 2 is not installed (apt install libfuse2)');
  });

  it('and the implementation is left out with a warning', () => {
    vi.stubEnv('PATH', programs());
    const stacks = { stacks: [], warnings: ['one'], question: 'How fast?', alike };
    expect(withOthers(stacks, ['libfuse'], scratch)).toEqual({
      ...stacks,
      warnings: [
        'one',
        'libfuse is left out: there is no C compiler ' +
          '(apt install gcc libc6-dev pkg-config libfuse3-dev)',
      ],
      others: { stacks: [], versions: {} },
    });
  });
});

it('a missing fusermount3 is named to users other than root', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(4321);
  const stacks = { stacks: [], warnings: [], question: 'How fast?', alike };
  const path = programs('cc', 'pkg-config');
  vi.stubEnv('PATH', path);
  const without = withOthers(stacks, ['libfuse'], scratch);
  expect(without.warnings).toEqual([
    'libfuse is left out: there is no fusermount3 (apt install fuse3)',
  ]);
  writeFileSync(join(path, 'fusermount3'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  expect(withOthers(stacks, ['libfuse'], scratch).warnings).toEqual([]);
});

describe('a stack of --with', () => {
  const failing: OtherStack = {
    name: 'failing',
    description: '',
    command: ({ directory }) => ({
      line: [process.execPath, '-e', `console.error('error: no luck'); process.exit(1)`, directory],
    }),
  };
  const timeouts = { entry: 0, attribute: 1, negative: 0 };

  it('a stack of --with that does not mount quotes the message of its server', async () => {
    const plan = otherPlan(failing, { scratch, data: scratch, timeouts });
    await expect(plan.serve()).rejects.toThrow(new NotMeasured('it did not mount: error: no luck'));
    expect(readFileSync(join(scratch, 'failing.log'), 'utf8')).toContain('no luck');
    plan.discard();
  });

  it('an absent stack of --with is reported', async () => {
    const gone: OtherStack = { ...failing, command: () => ({ line: [join(scratch, 'gone')] }) };
    const plan = otherPlan(gone, { scratch, data: scratch, timeouts });
    await expect(plan.serve()).rejects.toThrow('it did not mount: it said nothing');
  });

  it('cannot have the name of a volfile', async () => {
    const path = join(scratch, 'libfuse-floor.vol');
    writeFileSync(path, 'volume m\n type storage/memory\nend-volume\n');
    const { status, err } = await runCommand(['bench', path, '--with', 'libfuse']);
    expect(err).toContain('has the name of a stack of --with: call it something else');
    expect(status).toBe(1);
  });
});
