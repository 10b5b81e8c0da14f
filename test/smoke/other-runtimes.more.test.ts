/** Tests of programs that use the library in Bun and in Deno. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { run, withScratch } from '../support/mount.ts';
import { findToolchain } from '../support/toolchain.ts';

/** The command of each, by its package beside the toolchain's folder. */
const runtimes = {
  Bun: ['@oven/bun-linux-x64/bin/bun', 'run'],
  Deno: ['@deno/linux-x64-glibc/deno', 'run', '--allow-all'],
} as const;

/** A folder below a cache in Python, which sees the second lookup of a name no more. */
const VOLFILE = `volume storage
    type storage/posix
    option directory files
end-volume
volume cache
    type features/glupy
    option module-path ${join(packageRoot, 'examples/negative')}
    option module-name negative
    subvolumes storage
end-volume
`;

const PROGRAM = `import { Volume } from ${JSON.stringify(join(packageRoot, 'dist/server/index.js'))};
const volume = await Volume.open('files.vol');
await volume.writeFile('/greeting', 'hello');
const code = () => volume.stat('/absent').catch((error) => error.code);
console.log(await volume.readFile('/greeting', 'utf8'), await code(), await code());
await volume.close();
`;

it.each(Object.entries(runtimes))(
  'a program in %s reads and writes a volume with a Python module',
  (_, [program, ...args]) =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('files');
      await scratch.writeFile('files.vol', VOLFILE);
      const file = await scratch.writeFile('program.mjs', PROGRAM);
      const binary = join(findToolchain('others'), '..', program);
      const outcome = await run(scratch, binary, [...args, file], { env: { HOME: scratch.path } });
      expect(outcome).toMatchObject({ status: 0, out: 'hello ENOENT ENOENT\n', err: '' });
    }),
);
