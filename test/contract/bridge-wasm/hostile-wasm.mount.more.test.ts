/**
 * Tests of all endless code of a module in WebAssembly on a mount, which is alive afterwards; in test:long that of
 * small functions also by the Nodes in GLOSSA_NODES, as each version of V8 ends code and counts memory in its own way.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { attackNames, endless, isLarge, makeEndlessCalls } from '../../support/hostile-wasm.ts';
import { describeMounts, startMount, withScratch } from '../../support/mount.ts';
import { otherNodes } from '../../support/nodes.ts';
import { readMemory } from '../../support/process-memory.ts';
import { selectVariants } from '../../support/test-selection.ts';

const MEMORY_LIMIT_MIB = 64;
/** Memory by which the runtime itself may grow. */
const RUNTIME_MIB = 32;

const volfile = `volume store
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name m.wasm
    option time-limit 0.5
    option restart-backoff 0
    option memory-limit ${MEMORY_LIMIT_MIB}MB
    subvolumes store
end-volume
`;

const statOrErrno = (path: string): Promise<string> =>
  stat(path).then(
    () => 'found',
    ({ code }) => code as string,
  );

describeMounts('a mount of a hostile module in WebAssembly', () => {
  const isSmall = (kind: string): boolean => !isLarge(kind);
  const variants = [
    ['large functions', isLarge, process.execPath] as const,
    ['small functions', isSmall, process.execPath] as const,
    ['all functions, in one mount,', () => true, process.execPath] as const,
    ...otherNodes.map((node) => [`small functions by ${node}`, isSmall, node] as const),
  ];
  it.each(selectVariants(variants, ([what]) => /^\w+ functions$/.test(what)))(
    'fails each endless call of %s, serves on, and has memory within the limit',
    (_, isChosen, node) =>
      withScratch(async (scratch) => {
        const kinds = Object.keys(endless).filter(isChosen);
        await scratch.fs.writeFile(scratch.at('m.wasm'), makeEndlessCalls(kinds));
        const mount = await startMount(scratch, volfile, { node });
        const before = readMemory(mount.child.pid!);
        for (const kind of kinds) {
          expect(await statOrErrno(join(mount.path, attackNames.get(kind)!)), kind).toBe('EIO');
          await vi.waitFor(
            async () => expect(await statOrErrno(join(mount.path, 'other'))).toBe('ENOENT'),
            { timeout: 60_000, interval: 100 },
          );
          const grownMib = readMemory(mount.child.pid!) - before;
          expect(grownMib).toBeLessThan(2 * MEMORY_LIMIT_MIB + RUNTIME_MIB);
        }
        expect(mount.child.exitCode ?? mount.child.signalCode).toBeNull();
        expect(await mount.stop()).toBe(0);
      }),
  );
});
