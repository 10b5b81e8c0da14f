/**
 * Distribution packages that are configured, built and checked on a mount, compared with a bare
 * directory; takes minutes.
 * The packages are the `*.orig.tar.*` in the directory GLOSSA_SOURCES, where for example `apt-get
 * source --download-only hello` puts them.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSkipped } from '../support/obstacle.ts';
import { describeStages } from '../support/stage.ts';

const sources = process.env.GLOSSA_SOURCES ?? '';
const packages =
  sources === '' ? [] : readdirSync(sources).filter((name) => /\.orig\.tar\.\w+$/.test(name));
const why = packages.length > 0 ? '' : 'GLOSSA_SOURCES names no folder that has any';
const skipped = isSkipped('source packages', why);

it.skipIf(skipped)('GLOSSA_SOURCES contains source packages', () => {
  expect(packages).not.toEqual([]);
});

/** Builds without debugging symbols, so that the result does not depend on the directory. */
const MAKE = `mkdir source && tar --strip-components=1 -xf "$PACKAGE" -C source && cd source || exit
./configure --quiet CFLAGS=-O1 && make -s > made.log 2>&1 || { tail made.log; exit 1; }
make -s check > check.log 2>&1; echo $?; grep '^# [A-Z]' check.log
make -s install DESTDIR="$PWD/../root" > install.log 2>&1; echo $?
rm *.log; cd ../root/usr/local/bin && for program in *; do ./$program --version; done`;

describe.skipIf(packages.length === 0)('a source package', () => {
  describe.each(packages)('%s', (name) => {
    describeStages('on a mount', { kernel: ['python'] }, (stage) => {
      it('is configured, built, checked and installed', async () => {
        const { out } = await stage.compareScript(MAKE, {
          env: { PACKAGE: join(sources, name) },
          status: 0,
          patience: 600_000,
          // These files contain the directory.
          prune: ['Makefile', 'Makefile.in', 'config.log', 'config.status', '*.log', '*.trs'],
        });
        expect(out).toMatch(/^0\n# TOTAL: [1-9].*\n# PASS: +[1-9]/m);
        expect(out).toMatch(/\n# FAIL: +0\n(.*\n)*0\n.*\d\n/);
        expect(stage.mount.log()).not.toMatch(/^\[[^\]]*\] [WEC] /m);
      }, 1_500_000);
    });
  });
});
