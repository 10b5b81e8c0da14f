/**
 * Tests of glossa on ARM, by qemu-user: those of storage and files, open flags of a volume and of a mount, and modules in
 * Python, JavaScript, TypeScript, C and WebAssembly. The kernel is this machine's, whose numbers a mount converts.
 */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { run, type Scratch, startMount, withScratch } from '../support/mount.ts';
import { isSkipped } from '../support/obstacle.ts';
import { onlyInFirst, selected } from '../support/test-selection.ts';
import { compileWasm } from '../support/wasm.ts';
import { ARCHITECTURES, compileForArm, findArmObstacle, makeArmNode, PRELOAD } from './arm64.ts';

const { O_DIRECT, O_RDONLY } = constants;
const PATIENCE_MS = 600_000;

/** Modules in each language that refuse O_DIRECT for the file of their name, by their language's own number. */
const C_MODULE = `
#define _GNU_SOURCE
#include "glossa.h"
#ifndef __wasm__
#include <fcntl.h>
#endif
static void refuse(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, int64_t flags, fd_t *fd,
                   dict_t *xdata)
{
    if ((flags & O_DIRECT) != 0 && strcmp(loc->path, "/" NAME) == 0) {
        glossa_fail(frame, EPERM);
        return;
    }
    tail_open(frame, this->child, loc, flags, fd, xdata);
}
struct glossa_translator glossa_translator = {
    .fops = {.open = refuse},
    .needs = GLOSSA_NEEDS_PATH | GLOSSA_PASSES_THROUGH,
};
`;
const JAVASCRIPT_MODULE = `
import { EPERM, Translator } from 'glossa';

export class xlator extends Translator {
  static observes = true;
  open(frame, loc, flags) {
    if (flags & 0o40000 && loc.path === '/javascript') return frame.fail(EPERM);
    frame.wind();
  }
}
`;
const TYPESCRIPT_MODULE = `
import { defineTranslator, EPERM, fail, O_DIRECT, tail } from 'glossa';

export default defineTranslator({
  type: 'features/typescript',
  description: 'Refuses O_DIRECT.',
  children: [1, 1],
  options: {},
  fops: {
    open(frame, xl, loc, flags, fd, xdata) {
      if (flags & O_DIRECT && loc.path === '/typescript') fail.open(frame, EPERM);
      else tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
    },
  },
  init: () => null,
});
`;
const LANGUAGES = ['javascript', 'typescript', 'c', 'wasm'] as const;
/** Those without WebAssembly, whose compilation takes half a minute in qemu. */
const NATIVE = ['typescript', 'c'] as const;

/** Writes modules, and returns a volfile with those of these languages above a folder with files and a link. */
async function makeVolfile(
  scratch: Scratch,
  languages: readonly (typeof LANGUAGES)[number][],
): Promise<string> {
  const files = await scratch.makeFolder('files');
  for (const name of [...LANGUAGES, 'other']) await fs.writeFile(join(files, name), `${name}\n`);
  await fs.symlink('other', join(files, 'link'));
  const source = await scratch.writeFile('refuse.c', C_MODULE);
  const modules = {
    javascript: await scratch.writeFile('refuse-javascript.js', JAVASCRIPT_MODULE),
    typescript: await scratch.writeFile('refuse-typescript.ts', TYPESCRIPT_MODULE),
    c: compileForArm(source, scratch.at('refuse.so'), ['-DNAME="c"']),
    wasm: compileWasm(source, scratch.at('refuse.wasm'), ['-DNAME="wasm"']),
  };
  let text = `volume files\n type storage/posix\n option directory ${files}\nend-volume\n`;
  let below = 'files';
  for (const language of languages) {
    const file = basename(modules[language]);
    const option = /\.(so|ts)$/.test(file)
      ? `type features/native\n option module-path ${file}`
      : `type features/glupy\n option module-name ${file.replace(/\.js$/, '')}`;
    text += `volume ${language}\n ${option}\n subvolumes ${below}\nend-volume\n`;
    below = language;
  }
  return text;
}

/** Opens files of a volume with Node's numbers of ARM, and prints what happened. */
const VOLUME_PROGRAM = `
import { constants as own } from 'node:fs';
import { Volume } from ${JSON.stringify(join(packageRoot, 'dist/server/index.js'))};

const volume = await Volume.open(process.argv[2]);
const open = async (path, flags) => {
  try {
    await (await volume.open(path, flags)).close();
    return 'ok';
  } catch (error) {
    return error.code;
  }
};
const outcome = { arch: process.arch };
for (const name of ['typescript', 'c', 'other'])
  outcome[name] = [await open('/' + name, own.O_RDONLY), await open('/' + name, own.O_DIRECT)];
outcome.link = [await open('/link', own.O_RDONLY), await open('/link', own.O_NOFOLLOW)];
outcome.directory = [await open('/other', own.O_DIRECTORY)];
const { constants } = volume.fs;
outcome.constants = Object.keys(constants).filter((name) => constants[name] !== own[name]);
await volume.close();
process.stdout.write(JSON.stringify(outcome));
`;

/** Looks an absent name up twice through negative.py, and prints the errors' codes. */
const PYTHON_PROGRAM = `
import { Volume } from ${JSON.stringify(join(packageRoot, 'dist/server/index.js'))};

const volume = await Volume.open(process.argv[2]);
for (let count = 0; count < 2; count++)
  await volume.stat('/absent').catch(({ code }) => process.stdout.write(code + ' '));
await volume.close();
process.stdout.write(process.arch);
`;

/** A part of the tests of the storage's fops, and those of a program's volume. */
const TESTED = 'storage/posix for a user|with the errno of Linux|^find of ';
const CONTRACT = ['test/contract/storage.test.ts', 'runtime/api/files.test.ts'];

describe.skipIf(isSkipped('on ARM', findArmObstacle()))('on ARM', () => {
  onlyInFirst(() => {
    it(
      'storage and volumes pass their tests',
      () =>
        withScratch(async (scratch) => {
          await makeArmNode(scratch);
          const limits = ['--maxWorkers', '1', '--testTimeout', `${PATIENCE_MS}`, '-t', TESTED];
          const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs');
          // The processes that Vitest starts are on ARM. It reads and transforms the sources itself, in half the time.
          const args = ['--require', scratch.at(PRELOAD), vitest, 'run', '--project', 'test'];
          const { status, out } = await run(
            scratch,
            process.execPath,
            [...args, ...limits, '--root', packageRoot, ...CONTRACT],
            { patience: PATIENCE_MS },
          );
          expect({ status, end: status === 0 ? '' : out.slice(-5000) }).toEqual({
            status: 0,
            end: '',
          });
          expect(out).toMatch(/^\d{3,} passed, 0 failed/m);
          expect(await fs.readFile(scratch.at(ARCHITECTURES), 'utf8')).toMatch(/arm64/);
        }),
      PATIENCE_MS,
    );

    it(
      "a program's volume takes ARM's open flags, and modules in C and TypeScript have their own",
      () =>
        withScratch(async (scratch) => {
          const node = await makeArmNode(scratch);
          const volfile = await scratch.writeFile(
            'modules.vol',
            await makeVolfile(scratch, NATIVE),
          );
          const program = await scratch.writeFile('program.mjs', VOLUME_PROGRAM);
          const { out, err } = await run(scratch, node, [program, volfile], {
            patience: PATIENCE_MS,
          });
          expect(err).toBe('');
          expect(JSON.parse(out)).toEqual({
            arch: 'arm64',
            ...Object.fromEntries(NATIVE.map((name) => [name, ['ok', 'EPERM']])),
            other: ['ok', 'ok'],
            link: ['ok', 'ELOOP'],
            directory: ['ENOTDIR'],
            constants: [],
          });
        }),
      PATIENCE_MS,
    );

    it(
      "a mount converts the kernel's open flags, and serves files through modules in four languages",
      () =>
        withScratch(async (scratch) => {
          const node = await makeArmNode(scratch);
          const mount = await startMount(scratch, await makeVolfile(scratch, LANGUAGES), { node });
          const at = (name: string): string => join(mount.path, name);
          for (const name of LANGUAGES) {
            expect(await fs.readFile(at(name), 'utf8')).toBe(`${name}\n`);
            await expect(fs.open(at(name), O_RDONLY | O_DIRECT)).rejects.toThrow('EPERM');
          }
          await (await fs.open(at('other'), O_RDONLY | O_DIRECT)).close();
          await fs.mkdir(at('new'));
          await fs.writeFile(at('new/file'), 'text');
          await fs.rename(at('new/file'), at('new/moved'));
          expect(await fs.readdir(at('new'))).toEqual(['moved']);
          expect((await fs.stat(at('new/moved'))).size).toBe(4);
          await fs.rm(at('new'), { recursive: true });
          expect(await mount.stop()).toBe(0);
        }),
      PATIENCE_MS,
    );
  });

  // The start of its interpreter takes minutes in qemu.
  if (selected.others)
    it(
      'a module in Python answers',
      () =>
        withScratch(async (scratch) => {
          const node = await makeArmNode(scratch);
          const volfile = await scratch.writeFile(
            'negative.vol',
            `volume storage\n type storage/memory\nend-volume
volume negative\n type features/glupy\n option module-name negative
 option search-path ${join(packageRoot, 'examples/negative')}\n subvolumes storage\nend-volume\n`,
          );
          const program = await scratch.writeFile('program.mjs', PYTHON_PROGRAM);
          const { out } = await run(scratch, node, [program, volfile], { patience: PATIENCE_MS });
          expect(out).toBe('ENOENT ENOENT arm64');
        }),
      PATIENCE_MS,
    );
});
