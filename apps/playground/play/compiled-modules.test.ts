/** The playground with compiled modules: they run, and the host refuses unsuitable ones with a message. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { onlyWinds, readEvents } from '../../../test/support/test-recordings.ts';
import { translate } from '../../../test/support/wasm-text.ts';
import { encodeModule } from './compiled-modules.ts';
import { PlaygroundRuntime } from './playground-runtime.ts';
import { joinOutput } from './shell/index.ts';

const VOLFILE = `volume disk
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name nothing.wasm
    subvolumes disk
end-volume
`;

/** The module of docs/wasm-abi.md, which fails each lookup of `nothing`. */
const text = /```wat\n(.*?)```/s.exec(
  readFileSync(join(packageRoot, 'docs/wasm-abi.md'), 'utf8'),
)![1]!;
const change = (from: string, to: string): Uint8Array => {
  expect(text).toContain(from);
  return translate(text.replace(from, to));
};

let runtime: PlaygroundRuntime;
beforeEach(async () => {
  runtime = await PlaygroundRuntime.open(new Map());
});
afterEach(() => runtime.stop());

const start = (module: string) =>
  runtime.start({
    texts: { '/graph.vol': VOLFILE, '/nothing.wasm': module },
    distanceMs: 0,
    journal: [],
  });
const print = async (line: string): Promise<string> => joinOutput((await runtime.run(line)).output);

it('a compiled module answers requests of the playground, and its winds are recorded', async () => {
  expect(await start(encodeModule(translate(text)))).toMatchObject({
    isRunning: true,
    problems: [],
    volumes: [{ name: 'disk' }, { name: 'top', type: 'features/glupy' }],
  });
  const { recording, output, counters } = await runtime.run('cat nothing; cat /dir0/none');
  expect(joinOutput(output)).toBe(
    'cat: nothing: No such file or directory\ncat: /dir0/none: No such file or directory',
  );
  const winds = onlyWinds(await readEvents(recording));
  expect(winds.map(({ fop, volume }) => [fop, volume])).toEqual([
    ['lookup', 'top'],
    ...[1, 2].flatMap(() => [
      ['lookup', 'top'],
      ['lookup', 'disk'],
    ]),
  ]);
  expect(counters).toMatchObject({ requestCount: 3, storageCount: 2 });
});

it('a trap of a compiled module fails its request, and the playground goes on', async () => {
  const lookup = '(func $lookup (result i32)';
  const trapping = change(
    `${lookup}\n    (local $at i32)`,
    `${lookup}\n (local $at i32) unreachable`,
  );
  expect(await start(encodeModule(trapping))).toMatchObject({ isRunning: true, problems: [] });
  const { output, log } = await runtime.run('cat /dir0/file000.php');
  expect(joinOutput(output)).toContain('Input/output error');
  expect(log.join('\n')).toMatch(/it gave up \(abort, a failed assertion, or unreachable code\)/);
  await start(encodeModule(translate(text)));
  expect(await print('ls /dir0')).toBe('file000.php');
});

describe('the playground refuses', () => {
  it.each([
    ['a text in the place of a module', () => 'not base64!', 'is not a WebAssembly module'],
    ['an empty module', () => '', 'is empty'],
    [
      'another file with the name of a module',
      () => encodeModule(new TextEncoder().encode('\x7fELF')),
      'not a WebAssembly module but an ELF file',
    ],
    [
      'a part of a module',
      () => encodeModule(translate(text).subarray(0, 200)),
      'is not a whole WebAssembly module',
    ],
    [
      'a module of another version',
      () =>
        encodeModule(
          change(
            '"glossa_abi_version") (result i32) (i32.const 1)',
            '"glossa_abi_version") (result i32) (i32.const 7)',
          ),
        ),
      'was compiled for version 7 of the interface, and this is version 1',
    ],
    [
      'a module without the interface',
      () => encodeModule(translate('(module)')),
      'exports nothing of the interface of translators',
    ],
  ])('%s, and says why', async (_, make, reason) => {
    const { isRunning, problems } = await start(make());
    expect(isRunning).toBe(false);
    expect(problems).toMatchObject([{ severity: 'error', file: '/graph.vol', line: 4 }]);
    expect(problems[0]!.message).toContain(`/nothing.wasm`);
    expect(problems[0]!.message).toContain(reason);
  });
});
