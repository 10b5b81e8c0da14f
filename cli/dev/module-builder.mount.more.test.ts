/** Builds of compiled modules by `glossa dev`, on mounts. */
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { crateFolder, packageRoot } from '../../runtime/sys/paths.ts';
import { hasCompiler } from '../../test/support/compiled.ts';
import { dev, expectClean, mounted, start } from '../../test/support/dev.ts';
import { describeMounts, runGlossa, withScratch } from '../../test/support/mount.ts';
import { isSkipped } from '../../test/support/obstacle.ts';
import { cargo, noCargo, rustCompiler } from '../../test/support/rust.ts';
import { selected, selectVariants } from '../../test/support/test-selection.ts';
import { canCompileWasm } from '../../test/support/wasm.ts';

/** A module in C. @param hidden the text in C of the name that it hides */
const hiding = (hidden: string): string => `#include "glossa.h"
static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    if (loc->name != NULL && strcmp(loc->name, ${hidden}) == 0)
        glossa_fail(frame, ENOENT);
    else
        tail_lookup(frame, this->child, loc, xdata);
}
struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
`;

/** A compiler that notes its runs in the file `log`, and waits while the file `go` does not exist. */
const NOTING_COMPILER = `echo begin >> log
until [ -e go ]; do sleep 0.01; done
clang "$@"; status=$?
echo end >> log
exit $status`;

const volfile = (type: string, options: string): string =>
  `volume disk\n type storage/memory\nend-volume\nvolume top\n type ${type}\n${options}\n subvolumes disk\nend-volume\n`;

const examples = join(packageRoot, 'examples/negative');

const others = [
  { language: 'cpp', file: 'negative.cpp' },
  { language: 'rust', file: 'negative.rs' },
].filter(({ language }) => hasCompiler(join(examples, language), 'negative.wasm'));

describeMounts('glossa dev with a compiled module', () => {
  if (!canCompileWasm) return;

  const built: readonly (readonly [string, string, string])[] = [
    ['m.wasm', 'features/glupy', ' option module-name m.wasm'],
    ['m.so', 'features/native', ' option module-path m.so'],
  ];
  it.each(selectVariants(built, ([file]) => file === 'm.wasm'))(
    'builds %s of a volfile, waits until its error is corrected, and reloads it',
    (...row) =>
      withScratch(async (scratch) => {
        const [, type, option] = row;
        await scratch.writeFile('v.vol', volfile(type, option));
        await scratch.writeFile('m.c', hiding('hidden'));
        const waiting = await start(scratch, ['v.vol']);
        await waiting.says('m.c:4:');
        await waiting.says('glossa dev: m.c is not compiled\n');
        await waiting.says('waiting until v.vol is mended and saved');
        await scratch.writeFile('m.c', hiding('"a"'));
        const running = await mounted(waiting);
        await mkdir(join(running.mnt, 'b'));
        expect(await running.seen('b')).toBe(true);
        await scratch.writeFile('m.c', hiding('"b"'));
        await running.says('reloaded');
        while (await running.seen('b')) await delay(10);
        running.child.kill('SIGINT');
        expect((await running.outcome).status).toBe(0);
        await expectClean(scratch);
      }),
  );

  if (selected.others) {
    it('builds the modules of a volfile one after the other, one of two volumes once', () =>
      withScratch(async (scratch) => {
        const names = ['m', 'n', 'm'];
        const volumes = names.map((name, i) => {
          const below = i === 0 ? 'disk' : `v${i - 1}`;
          return `volume v${i}\n type features/glupy\n option module-name ${name}.wasm\n subvolumes ${below}\nend-volume\n`;
        });
        const disk = 'volume disk\n type storage/memory\nend-volume\n';
        await scratch.writeFile('v.vol', disk + volumes.join(''));
        await scratch.writeFile('clang.sh', NOTING_COMPILER);
        await scratch.writeFile('go', '');
        for (const name of ['m', 'n']) await scratch.writeFile(`${name}.c`, hiding('"a"'));
        const CLANG = `sh ${scratch.at('clang.sh')}`;
        const running = await dev(scratch, ['v.vol'], { CLANG });
        await mkdir(join(running.mnt, 'b'));
        expect(await running.seen('b')).toBe(true);
        running.child.kill('SIGINT');
        await running.outcome;
        const runs = ['begin', 'end', 'begin', 'end'];
        expect((await readFile(scratch.at('log'), 'utf8')).trim().split('\n')).toEqual([
          ...runs,
          ...runs,
        ]);
        await expectClean(scratch);
      }));

    it('builds by the rule of a Makefile', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('m.c', hiding('HIDDEN'));
        await scratch.writeFile(
          'Makefile',
          `m.wasm: m.c
\tclang --target=wasm32-wasi -mexec-model=reactor -I$(GLOSSA_INCLUDE) -DHIDDEN='"hello.txt"' -o $@ $<
`,
        );
        const running = await dev(scratch, ['m.wasm']);
        expect(await running.seen('hello.txt')).toBe(false);
        await scratch.writeFile('m.c', hiding('"notes.txt"'));
        await running.says('reloaded m.c: lookup');
        expect(await running.seen('notes.txt')).toBe(false);
        running.child.kill('SIGINT');
        await running.outcome;
        await expectClean(scratch);
      }));
  }

  if (!selected.first) return;

  it('compiles a source in C at each save; an error is shown with its line, and the module before goes on', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.c', hiding('"hello.txt"'));
      const running = await dev(scratch, ['m.c']);
      const seen = async () => [await running.seen('hello.txt'), await running.seen('notes.txt')];
      expect(await seen()).toEqual([false, true]);
      await scratch.writeFile('m.c', hiding('"notes.txt"').replace('NULL', 'NUL'));
      await running.says("m.c:4:22: error: use of undeclared identifier 'NUL'");
      await running.says('glossa dev: m.c is not compiled, the module before goes on\n');
      expect(await seen()).toEqual([false, true]);
      await scratch.writeFile('m.c', hiding('"notes.txt"'));
      await running.says('reloaded m.c: lookup');
      expect(await seen()).toEqual([true, false]);
      running.child.kill('SIGINT');
      expect((await running.outcome).status).toBe(0);
      await expectClean(scratch);
    }));

  it('never runs two builds at once, and builds once more after saves during a build', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('clang.sh', NOTING_COMPILER);
      await scratch.writeFile('go', '');
      await scratch.writeFile('m.c', hiding('"hello.txt"'));
      const CLANG = `sh ${scratch.at('clang.sh')}`;
      const running = await dev(scratch, ['m.c'], { CLANG });
      const readRuns = async () => (await readFile(scratch.at('log'), 'utf8')).trim().split('\n');
      const runs = (await readRuns()).length;
      await rm(scratch.at('go'));
      await scratch.writeFile('m.c', hiding('"a"'));
      while ((await readRuns()).length === runs) await delay(10);
      for (const name of ['"b"', '"c"', '"d"', '"e"', '"f"']) {
        await scratch.writeFile('m.c', hiding(name));
        await delay(100);
      }
      await scratch.writeFile('m.c', hiding('"notes.txt"'));
      await scratch.writeFile('go', '');
      while (await running.seen('notes.txt')) await delay(10);
      running.child.kill('SIGINT');
      await running.outcome;
      const log = await readRuns();
      expect(log.filter((_, i) => i % 2 === 0).every((line) => line === 'begin')).toBe(true);
      expect(log.filter((_, i) => i % 2 === 1).every((line) => line === 'end')).toBe(true);
      // A build is two runs, with two lines each. The last save may have come after the second build's start.
      expect(log.length).toBeLessThanOrEqual(4 * 4);
      await expectClean(scratch);
    }));

  it('ends with Ctrl-C during a build', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('clang.sh', NOTING_COMPILER);
      await scratch.writeFile('m.c', hiding('"a"'));
      const CLANG = `sh ${scratch.at('clang.sh')}`;
      const building = await start(scratch, ['m.c'], { CLANG });
      while (!(await readdir(scratch.path)).includes('log')) await delay(10);
      building.child.kill('SIGINT');
      expect(await building.outcome).toMatchObject({ status: 130, err: '' });
      await expectClean(scratch);
    }));

  it('without a compiler ends with the packages to install, or serves the module that is there', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.c', hiding('"hello.txt"'));
      const CLANG = scratch.at('absent');
      const TMPDIR = await scratch.makeFolder('tmp');
      const { status, err } = await runGlossa(scratch, ['dev', 'm.c'], { env: { CLANG, TMPDIR } });
      expect({ status, err }).toMatchObject({ status: 1 });
      expect(err).toContain('glossa dev: m.c is not compiled: clang and its library');
      expect(err).toContain('apt install clang lld wasi-libc libclang-rt-dev-wasm32');
      const first = await dev(scratch, ['m.c']);
      first.child.kill('SIGINT');
      await first.outcome;
      await scratch.writeFile('m.c', hiding('"notes.txt"'));
      const second = await dev(scratch, ['m.c'], { CLANG });
      expect(await second.seen('hello.txt')).toBe(false);
      second.child.kill('SIGINT');
      expect((await second.outcome).err).toContain('apt install clang');
      await expectClean(scratch);
    }));
});

// Slow compilers.
describeMounts('glossa dev with another compiled language', () => {
  if (selected.others)
    it.skipIf(isSkipped('glossa dev with Cargo', noCargo))(
      "builds a package of Cargo, whose source is in src, and shows Cargo's errors",
      () =>
        withScratch(async (scratch) => {
          const text = await readFile(join(examples, 'rust/negative.rs'), 'utf8');
          await mkdir(scratch.at('src'));
          await scratch.writeFile('src/lib.rs', text);
          await scratch.writeFile(
            'Cargo.toml',
            `[package]\nname = "my-keep"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]
[dependencies]\nglossa = { path = "${crateFolder}" }\n[profile.release]\npanic = "abort"\n`,
          );
          const running = await dev(scratch, ['keep.wasm'], { RUSTC: rustCompiler, CARGO: cargo });
          await scratch.writeFile('src/lib.rs', `${text}\nfn broken( {\n`);
          await running.says('src/lib.rs:');
          await running.says('glossa dev: lib.rs is not compiled, the module before goes on');
          await scratch.writeFile('src/lib.rs', `${text}\n// saved\n`);
          await running.says('reloaded lib.rs: ');
          running.child.kill('SIGINT');
          expect((await running.outcome).status).toBe(0);
          await expectClean(scratch);
        }),
    );

  it.each(selectVariants(others, ({ language }) => language === 'cpp'))(
    'compiles $file, and again when it is saved',
    ({ language, file }) =>
      withScratch(async (scratch) => {
        await copyFile(join(examples, language, file), scratch.at(file));
        const running = await dev(
          scratch,
          [file],
          rustCompiler === '' ? {} : { RUSTC: rustCompiler },
        );
        const text = await readFile(scratch.at(file), 'utf8');
        await scratch.writeFile(file, `${text}\n// saved\n`);
        await running.says(`reloaded ${basename(file)}: `);
        running.child.kill('SIGINT');
        expect((await running.outcome).status).toBe(0);
        await expectClean(scratch);
      }),
  );
});
