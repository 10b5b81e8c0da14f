/** Tests of interpreters in a limited address space, as `ulimit -v` of shared machines makes it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { run, withScratch } from '../support/mount.ts';

/** Enough for Node, not for the addresses that V8 reserves for a memory of WebAssembly. */
const BYTES = 4e9;
const REMEDY = '--disable-wasm-trap-handler';

const modules = { Python: ['', 'negative'], JavaScript: ['javascript', 'negative.js'] } as const;

const PROGRAM = `import { Volume } from ${JSON.stringify(join(packageRoot, 'dist/server/index.js'))};
const volume = await Volume.open('files.vol').catch((error) => console.log(error.message));
console.log(await volume?.stat('/absent').catch((error) => error.code));
await volume?.close();
`;

it.each(Object.entries(modules))(
  'a module in %s in a limited address space runs, or its error names the flag with which it runs',
  (_, [folder, name]) =>
    withScratch(async (scratch) => {
      const volfile = `volume storage
    type storage/memory
end-volume
volume cache
    type features/glupy
    option module-path ${join(packageRoot, 'examples/negative', folder)}
    option module-name ${name}
    subvolumes storage
end-volume
`;
      await scratch.writeFile('files.vol', volfile);
      const file = await scratch.writeFile('program.mjs', PROGRAM);
      const start = (options: string) =>
        run(scratch, 'prlimit', [`--as=${BYTES}`, process.execPath, file], {
          env: { NODE_OPTIONS: options },
        });
      const plain = await start('');
      expect(plain.out.trim()).toMatch(new RegExp(`^ENOENT$|ulimit -v.*NODE_OPTIONS=${REMEDY}`));
      expect(await start(REMEDY)).toMatchObject({ status: 0, out: 'ENOENT\n' });
    }),
);
