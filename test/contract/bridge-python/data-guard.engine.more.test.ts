/** A module that defines readv or writev is not passed by on other ways to the data. */
import { describe, expect, it } from 'vitest';
import { ENXIO, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import type { FopName } from '../../../runtime/core/fops.gen.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { sized } from '../bridge/requests.ts';

const languages = {
  Python: (body: string) => ({ 'm.py': `from glupy import *\nclass xlator(Translator):\n${body}` }),
  JavaScript: (body: string) => ({
    'm.js': `import { Translator } from 'glossa';\nexport class xlator extends Translator {\n${body}}`,
  }),
};
const bodies = {
  Python: {
    writes: ' def writev(self, frame, *args):\n  frame.wind()\n',
    reads: ' def readv_cbk(self, frame, *reply):\n  frame.unwind(*reply)\n',
    looks: ' observes = True\n def writev(self, frame, *args):\n  frame.wind()\n',
    any: ' def any_fop(self, frame, *args):\n  frame.wind()\n',
    both: ' def any_fop(self, frame, *args):\n  frame.wind()\n readv = any_fop\n',
    more: ' def fallocate(self, frame, *args):\n  frame.wind()\n writev = seek = fallocate\n',
    other: ' def lookup(self, frame, *args):\n  frame.wind()\n',
  },
  JavaScript: {
    writes: ' writev(frame) { frame.wind(); }\n',
    reads: ' readvCbk(frame, ...reply) { frame.unwind(...reply); }\n',
    looks: ' static observes = true;\n writev(frame) { frame.wind(); }\n',
    any: ' anyFop(frame) { frame.wind(); }\n',
    both: ' anyFop(frame) { frame.wind(); }\n readv(frame) { frame.wind(); }\n',
    more: ' writev(frame) { frame.wind(); }\n seek(f) { f.wind(); }\n fallocate(f) { f.wind(); }\n',
    other: ' lookup(frame) { frame.wind(); }\n',
  },
};

const REFUSED = [
  'copy_file_range',
  'put',
  'fallocate',
  'zerofill',
  'discard',
  'rchecksum',
] as const;

/** Which of the fops reach the child. */
function passing(run: RunningModule): string[] {
  const fd = new Fd(run.root, 2, 1);
  const loc = run.absent('new');
  const args: Record<string, unknown[]> = {
    copy_file_range: [fd, 0, fd, 10, 5, 0, null],
    put: [loc, 0o644, 0, 0, new Uint8Array(1), 0, null, null],
    fallocate: [fd, 0, 0, 10, null],
    zerofill: [fd, 0, 10, null],
    discard: [fd, 0, 10, null],
    rchecksum: [fd, 0, 10, null],
    seek: [fd, 0, 0, null],
  };
  return Object.entries(args).flatMap(([name, given]) => {
    const reply = run.ask(name as FopName, ...(given as never));
    const asked = run.asked();
    for (const held of asked) held.answer(-1, EOPNOTSUPP);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EOPNOTSUPP });
    return asked.map((held) => held.name);
  });
}

describe.each(['Python', 'JavaScript'] as const)('%s', (language) => {
  const start = (which: keyof (typeof bodies)['Python']) =>
    startModule(languages[language](bodies[language][which]));

  it.each([
    ['writes', ['fstat']],
    ['reads', ['fstat']],
    ['both', ['fstat']],
    ['more', ['fallocate', 'seek']],
    ['looks', [...REFUSED, 'seek']],
    ['any', [...REFUSED, 'seek']],
    ['other', [...REFUSED, 'seek']],
  ] as const)('%s: of the fops that pass data by, the child is asked %j', async (which, asked) => {
    const run = await start(which);
    const told = run.lines().filter((line) => line.includes('data is changed here'));
    expect(told.length).toBe(asked.includes('copy_file_range' as never) ? 0 : 1);
    expect(passing(run)).toEqual(asked);
  });

  it.each([
    [0, 0, 0],
    [99, 0, 99],
    [0, 1, 100],
    [99, 1, 100],
    [100, 0, null],
    [100, 1, null],
  ])('seek from %d for %d (data, hole) finds %s of 100 bytes', async (offset, what, found) => {
    const run = await start('writes');
    const reply = run.ask('seek', new Fd(run.root, 0, 1), offset, what, null);
    run.asked()[0]!.answer(0, 0, sized(100), null);
    if (found === null) expect(reply).toMatchObject({ opRet: -1, opErrno: ENXIO });
    else expect(reply).toMatchObject({ opRet: 0, values: [found, null] });
    run.settled();
  });
});
