/**
 * Sources of whole projects on a mount, as in a bare folder: a tree of thousands of files taken from
 * an archive; and packages of the distribution that are configured, made and checked.
 *
 * The packages are the `*.orig.tar.*` in the folder that GLOSSA_SOURCES names, where for example
 * `apt-get source --download-only hello` has put them.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSkipped } from '../support/obstacle.ts';
import { onStage } from '../support/stage.ts';

const FILES = 4000;

onStage('an archive of sources', { kernel: ['posix', 'python'], user: ['python'] }, (stage) => {
  it('a tree of thousands of small files', async () => {
    const folder = stage.scratch.at('bare', 'source');
    const make = `"$NODE" "$CLIENTS/source-tree.mjs" t ${FILES}; tar --format=posix -cf t.tar t`;
    expect((await stage.sh(make, { in: folder, patience: 300_000 })).status).toBe(0);
    const { out } = await stage.same(
      `tar --warning=no-timestamp -xpf ${folder}/t.tar && tar -df ${folder}/t.tar && echo no difference
      find t -name 'file-*' -type f | wc -l; find t -type l | wc -l; find t -type f -links 2 | wc -l
      grep -rl 'line 3999 ' t; chmod -R u+w t; tar -cf - t | tar -tf - | sort | md5sum`,
      { status: 0, patience: 300_000 },
    );
    expect(out).toMatch(/^no difference\n4000\n134\n200\nt\/.*file-3999.h\n/);
  }, 900_000);
});

const sources = process.env.GLOSSA_SOURCES ?? '';
const packages =
  sources === '' ? [] : readdirSync(sources).filter((name) => /\.orig\.tar\.\w+$/.test(name));
const why = packages.length > 0 ? '' : 'GLOSSA_SOURCES names no folder that has any';
const skipped = isSkipped('source packages', why);

it.skipIf(skipped)('there are source packages to make', () => {
  expect(packages).not.toEqual([]);
});

/** Its result is no different where the folder's path is no part of it: without debugging symbols. */
const MAKE = `mkdir source && tar --strip-components=1 -xf "$PACKAGE" -C source && cd source || exit
./configure --quiet CFLAGS=-O1 && make -s > made.log 2>&1 || { tail made.log; exit 1; }
make -s check > check.log 2>&1; echo $?; grep '^# [A-Z]' check.log
make -s install DESTDIR="$PWD/../root" > install.log 2>&1; echo $?
rm *.log; cd ../root/usr/local/bin && for program in *; do ./$program --version; done`;

describe.skipIf(packages.length === 0)('a source package', () => {
  describe.each(packages)('%s', (name) => {
    onStage('on a mount', { kernel: ['python'] }, (stage) => {
      it('is configured, made, checked and installed', async () => {
        const { out } = await stage.same(MAKE, {
          env: { PACKAGE: join(sources, name) },
          status: 0,
          patience: 600_000,
          // They say where they are.
          prune: ['Makefile', 'Makefile.in', 'config.log', 'config.status', '*.log', '*.trs'],
        });
        expect(out).toMatch(/^0\n# TOTAL: [1-9].*\n# PASS: +[1-9]/m);
        expect(out).toMatch(/\n# FAIL: +0\n(.*\n)*0\n.*\d\n/);
        expect(stage.mount.log()).not.toMatch(/^\[[^\]]*\] [WEC] /m);
      }, 1_500_000);
    });
  });
});
