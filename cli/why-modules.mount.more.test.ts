/** glossa why names the volume that chose an errno, and the position in its module. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';
import { canCompile, compileText, libraryFolder } from '../test/support/native.ts';
import { compileRustText, rustCompiler } from '../test/support/rust.ts';
import { canCompileWasm, compileWasmText } from '../test/support/wasm.ts';

const CHOOSING = {
  'm.py': `from glupy import EDQUOT, EIO, Loc, Translator
class xlator(Translator):
    async def mkdir(self, frame, loc, mode, umask, xdata):
        await self.child.stat(Loc.of(inode=loc.parent), None)
        raise OSError(EIO, "it is mine")
    async def setattr(self, frame, loc, stbuf, valid, xdata):
        await self.child.getxattr(loc, "user.absent", None)
    def mknod(self, frame, loc, *args):
        frame.wind(loc, *args)
    def mknod_cbk(self, frame, op_ret, op_errno, *reply):
        frame.fail(EDQUOT)
    async def unlink(self, frame, loc, xflag, xdata):
        await self.child.unlink(loc, xflag, xdata)
    def symlink(self, frame, linkpath, loc, *args):
        raise ValueError(linkpath)
`,
  'm.js': `import { EDQUOT, EIO, FopError, Loc, Translator } from 'glossa';
export class xlator extends Translator {
  async mkdir(frame, { parent }) {
    await this.child.stat(Loc.of({ inode: parent }), null);
    throw new FopError(EIO);
  }
  async setattr(frame, loc) {
    await this.child.getxattr(loc, 'user.absent', null);
  }
  mknod(frame) { frame.wind(); }
  mknodCbk(frame) {
    frame.fail(EDQUOT);
  }
  async unlink(frame, ...args) { return await this.child.unlink(...args); }
  symlink(frame, linkpath) {
    throw new Error(linkpath);
  }
}
`,
};

/** Path → the line at which the module chose the errno, by the module's language; null if the storage chose it. */
const CHOICES = {
  new: ['EIO', { py: 5, js: 5 }],
  // An awaited reply of JavaScript has no line of the module, which is then the method's first.
  file: ['ENODATA', { py: 7, js: 7 }],
  node: ['EDQUOT', { py: 11, js: 12 }],
  link: ['EIO', { py: 15, js: 16 }],
} as const;

/** A module in another language: its mkdir fails with EIO at once, its mknod with EDQUOT when the child has replied. */
interface CompiledModule {
  /** Name of its files, of which one folder has all. */
  readonly name: string;
  readonly canCompile: boolean;
  readonly source: string;
  /** Compiles the source; returns the path of the module. */
  compile(name: string, source: string): string;
  /** Text of the two failures' positions. */
  readonly places: { readonly mkdir: string; readonly mknod: string };
}

const C_SOURCE = `#include "glossa.h"
static void mkdir_fop(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_mkdir)
{
    (void)this; (void)loc; (void)mode; (void)umask; (void)xdata;
    glossa_fail(frame, EIO);
}
static void mknod_done(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                       int32_t op_errno, GLOSSA_REPLY_PARAMS_mknod)
{
    (void)cookie; (void)this; (void)op_ret; (void)op_errno;
    (void)inode; (void)buf; (void)preparent; (void)postparent; (void)xdata;
    unwind_mknod(frame, -1, EDQUOT, NULL, NULL, NULL, NULL, NULL);
}
struct glossa_translator glossa_translator = {
    .needs = GLOSSA_PASSES_THROUGH,
    .fops = {.mkdir = mkdir_fop}, .cbks = {.mknod = mknod_done}};
`;

const RUST_SOURCE = `use glossa::*;
struct Chooser;
translator! {
    impl Translator for Chooser {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Chooser)
        }
        fn mkdir(&mut self, _: &mut Frame<Self>, _: fop::Mkdir) -> Answer {
            Err(EIO)
        }
        fn mknod_cbk(&mut self, frame: &mut Frame<Self>, _: reply::Mknod) -> Answer {
            Ok(frame.fail(EDQUOT))
        }
    }
}
`;

const TYPESCRIPT_SOURCE = `import { defineTranslator, EDQUOT, EIO, type Cbk, type Fop, fail, wind } from 'glossa';
const mkdir: Fop<'mkdir', null> = (frame) => fail.mkdir(frame, EIO);
const mknodCbk: Cbk<'mknod', null> = (frame, _cookie, _xl, opRet) => {
  if (opRet >= 0)
    fail.mknod(frame, EDQUOT);
};
export default defineTranslator<null>({
  type: 'features/chooser',
  description: 'Fails.',
  children: [1, 1],
  options: {},
  passesThrough: true,
  fops: {
    mkdir,
    mknod: (frame, xl, ...args) => wind.mknod(frame, 0, mknodCbk, xl.children[0]!, ...args),
  },
  init: () => null,
});
`;

const COMPILED: Readonly<Record<string, CompiledModule>> = {
  'C in the process': {
    name: 'in_process',
    canCompile,
    source: C_SOURCE,
    compile: compileText,
    places: { mkdir: 'in_process.c:5', mknod: 'in_process.c:12' },
  },
  'C as WebAssembly': {
    name: 'c_wasm',
    canCompile: canCompileWasm,
    source: C_SOURCE,
    compile: compileWasmText,
    places: { mkdir: 'c_wasm.c:5', mknod: 'c_wasm.c:12' },
  },
  Rust: {
    name: 'rust',
    canCompile: rustCompiler !== '',
    source: RUST_SOURCE,
    compile: compileRustText,
    places: {
      mkdir: 'rust.wasm, function <rust::Chooser as glossa::translator::Translator>::mkdir)',
      mknod: 'rust.rs:12',
    },
  },
  TypeScript: {
    name: 'typescript',
    canCompile: true,
    source: TYPESCRIPT_SOURCE,
    compile: (name, source) => {
      const path = join(libraryFolder(), `${name}.ts`);
      writeFileSync(path, source);
      return path;
    },
    places: { mkdir: 'typescript.ts:2', mknod: 'typescript.ts:5' },
  },
};

/** Makes a volfile whose middle volume runs the module at this path. */
function makeStack(path: string, more = ''): string {
  const isHosted = /\.(?:py|js|wasm)$/.test(path);
  const options = isHosted
    ? `option module-name ${basename(path)}\n    option module-path ${dirname(path)}`
    : `option module-path ${path}`;
  return `volume mem
    type storage/memory
end-volume
volume chooser
    type features/${isHosted ? 'glupy' : 'native'}
    ${options}
    ${more}
    subvolumes mem
end-volume
volume above
    type debug/error-gen
    subvolumes chooser
end-volume
`;
}

/** Makes the function that returns the text of glossa why about a name in the mount. */
const makeWhy =
  (scratch: Scratch) =>
  async (name: string): Promise<string> =>
    (await runGlossa(scratch, ['why', `mnt/${name}`])).out;

describeMounts('glossa why about a module that chose the errno itself', () => {
  it.each([
    ['py', ''],
    ['js', ''],
    ['py', 'option isolation thread'],
    ['js', 'option isolation thread'],
  ] as const)('names the volume, file and line of one in %s %s', (language, more) =>
    withScratch(async (scratch) => {
      const module = `m.${language}` as const;
      const path = await scratch.writeFile(module, CHOOSING[module]);
      const mount = await startMount(scratch, makeStack(path, more));
      const why = makeWhy(scratch);
      const at = (name: string) => scratch.at('mnt', name);
      const script = 'mkdir new; : > file; chmod 600 file; mknod node p; ln -s x link; true';
      await expect(mkdir(at('new'))).rejects.toMatchObject({ code: 'EIO' });
      spawnSync('sh', ['-c', script], { cwd: scratch.at('mnt') });
      for (const [name, [errno, lines]] of Object.entries(CHOICES)) {
        expect(await why(name), name).toContain(
          `The module of chooser chose ${errno} (${module}:${lines[language]})`,
        );
      }
      // An errno that the module passes on is the storage's.
      await expect(unlink(at('absent'))).rejects.toThrow();
      expect(await why('absent')).toContain('The answer came from mem');
      expect(await mount.stop()).toBe(0);
    }),
  );

  for (const [language, { name, canCompile: isBuilt, source, compile, places }] of Object.entries(
    COMPILED,
  ))
    it.skipIf(!isBuilt)(`names the volume and the position of one in ${language}`, () =>
      withScratch(async (scratch) => {
        const mount = await startMount(scratch, makeStack(compile(name, source)));
        const why = makeWhy(scratch);
        await expect(mkdir(scratch.at('mnt', 'd'))).rejects.toMatchObject({ code: 'EIO' });
        expect(await why('d')).toContain(`The module of chooser chose EIO (${places.mkdir}`);
        spawnSync('mknod', [scratch.at('mnt', 'node'), 'p']);
        const text = await why('node');
        expect(text).toContain(`The module of chooser chose EDQUOT (${places.mknod}`);
        expect(text).toContain('), though mem did not answer so.');
        await expect(unlink(scratch.at('mnt', 'absent'))).rejects.toThrow();
        expect(await why('absent')).toContain('The answer came from mem');
        expect(await mount.stop()).toBe(0);
      }),
    );

  it('names the volume and its type without a line, if the errno says that something is absent', () =>
    withScratch(async (scratch) => {
      const source = TYPESCRIPT_SOURCE.replaceAll('EDQUOT', 'ENODATA');
      const path = await scratch.writeFile('absent.ts', source);
      const mount = await startMount(scratch, makeStack(path));
      spawnSync('mknod', [scratch.at('mnt', 'node'), 'p']);
      expect(await makeWhy(scratch)('node')).toContain(
        'chooser (features/native) chose ENODATA, though mem did not answer so.',
      );
      expect(await mount.stop()).toBe(0);
    }));
});
