/** Tests of the library's types: they accept correct modules and refuse wrong ones. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../support/folder.ts';

const root = join(import.meta.dirname, '../../..');
const { resolve } = createRequire(import.meta.url);
const tsc = join(dirname(resolve('typescript/package.json')), 'bin/tsc');

const SOURCE = `import {
  type Dict,
  ENOENT,
  FopError,
  type Frame,
  type Iatt,
  type Inode,
  type Loc,
  Option,
  Translator,
} from 'glossa';

export class Typed extends Translator<{ limit: number }> {
  static override options = { limit: Option.int(3) };
  readonly seen = new Set<string>();

  lookup(frame: Frame<'lookup', string>, loc: Loc, xdata: Dict | null) {
    if (this.seen.size > this.options.limit) return frame.fail(ENOENT);
    frame.local = loc.path;
    frame.wind(loc, xdata);
  }

  lookupCbk(
    frame: Frame<'lookup', string>,
    opRet: number,
    opErrno: number,
    inode: Inode,
    buf: Iatt,
    xdata: Dict | null,
    postparent: Iatt,
  ) {
    this.seen.add(frame.local);
    frame.unwind(opRet, opErrno, inode, buf, xdata, postparent);
  }

  async stat(_frame: Frame<'stat'>, loc: Loc, xdata: Dict | null) {
    const reply = await this.child.stat(loc, xdata);
    reply.buf.iaSize = 0;
    return reply;
  }

  async unlink(_frame: Frame<'unlink'>, loc: Loc, xflag: number, xdata: Dict | null) {
    try {
      await this.child.link(loc, loc.replace({ name: 'kept' }));
    } catch (error) {
      if (!(error instanceof FopError)) throw error;
      this.log.warning('%d', error.errno);
    }
    return await this.child.unlink(loc, xflag, xdata);
  }

  anyFop(frame: Frame, ...args: unknown[]) {
    frame.wind(...args);
  }

  anyCbk(frame: Frame, opRet: number, opErrno: number, ...reply: unknown[]) {
    frame.unwind(opRet, opErrno, ...reply);
  }

  loadState({ made }: { made: number }) {
    this.log.info('%d', made);
  }
}

export class Refused extends Translator {
  readlink(frame: Frame<'readlink'>) {
    // @ts-expect-error: a readlink begins with a loc
    frame.wind(3);
    // @ts-expect-error: the type of frame.local is unknown here
    frame.local.length;
    // @ts-expect-error: of an option that is not described, the type is open
    const limit: number = this.options.limit;
    this.log.info('%d', limit);
  }
}
`;

it("the library's TypeScript types accept a correct module and refuse wrong calls", {
  timeout: 120_000,
}, () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.ts'), SOURCE);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  };
  const files = ['m.ts', join(root, 'javascript/glossa.gen.d.ts')];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const run = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});
