/** The sources of a whole project, thousands of files, extracted on a mount. */
import { expect, it } from 'vitest';
import { describeStages } from '../support/stage.ts';

const FILES = 2000;

describeStages('an archive of sources', { kernel: ['posix'], user: ['python'] }, (stage) => {
  it('with 2000 small files is extracted, compared and archived again as in a bare directory', async () => {
    const folder = stage.scratch.at('bare', 'source');
    const make = `"$NODE" "$CLIENTS/source-tree.mjs" t ${FILES}; tar --format=posix -cf t.tar t`;
    expect((await stage.runScript(make, { in: folder, patience: 300_000 })).status).toBe(0);
    const { out } = await stage.compareScript(
      `tar --warning=no-timestamp -xpf ${folder}/t.tar && tar -df ${folder}/t.tar && echo no difference
      find t -name 'file-*' -type f | wc -l; find t -type l | wc -l; find t -type f -links 2 | wc -l
      grep -rl 'line ${FILES - 1} ' t; chmod -R u+w t; tar -cf - t | tar -tf - | sort | md5sum`,
      { status: 0, patience: 300_000 },
    );
    expect(out).toMatch(/^no difference\n2000\n67\n100\nt\/.*file-1999.h\n/);
  }, 900_000);
});
