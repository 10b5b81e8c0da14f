/** What a beginner forgets or mistypes in JavaScript: the message names it, and what to write. */
import { describe, expect, it } from 'vitest';
import { Fd } from '../../../runtime/core/fd.ts';
import { startModule } from '../../support/module.ts';
import { sized, texts } from '../bridge/requests.ts';

/** An expression → what is said of it. */
const expressions: Record<string, string> = {
  'frame.unwnd(0)': "frame has no 'unwnd'; did you mean unwind?",
  'this.child.stt(loc)': "a child has no 'stt'; did you mean stat?",
  'nothing.of(1)': "'nothing' is not defined",
  'const a = {}; a.b.c()': "a.b is undefined: cannot read its 'c'",
  'const a = {}; a.b = a.c.d;': "a.c is undefined: cannot read its 'd'",
  'const a = [{}]; a[0].x(Number(2), 3)': 'a[0].x is not a function',
  'const a = { f: () => ({}) }; a.f(1, "(").g(2)': 'a.f(1, "(").g is not a function',
  'let a; a.b = 1': "a is undefined: cannot set its 'b'",
  'buf.sise': "Iatt has no 'sise'; did you mean iaSize?",
  'buf.size': "Iatt has no 'size'; did you mean iaSize?",
  'buf.ia_size': "Iatt has no 'ia_size'; did you mean iaSize?",
  'buf.sise = 1': "Iatt has no 'sise'; did you mean iaSize?",
  'buf.mine = 1': "Iatt has no 'mine': fields are those of its kind",
  'loc.nmae': "Loc has no 'nmae'; did you mean name?",
  'loc.other = 1': "Loc has no 'other': a loc does not change: loc.replace({…})",
  'loc.inode.gifd': "Inode has no 'gifd'; did you mean gfid?",
  'fd.flgas': "Fd has no 'flgas'; did you mean flags?",
  'fd.mine = 1': "Fd has no 'mine': keep notes in fd.ctx",
  'reply.bfu': "Reply has no 'bfu'; did you mean buf?",
  'reply.mine = 1': "Reply has no 'mine': a reply does not change: reply.replace({…})",
  'frame.locl = 1': "frame has no 'locl'; did you mean local?",
};

/** What is no mistake. */
const fine = [
  'frame.mine = 1; this.log.info(String(frame.mine))',
  'String(loc) + String(this.child)',
  'JSON.stringify([buf, reply, fd, loc.inode])',
  'await Promise.all([buf, loc, fd, reply])',
  '"size" in buf || fd.toString() || buf.hasOwnProperty("x")',
  'frame.unknown === undefined',
];

const all = [...Object.keys(expressions), ...fine];
const CASES = `import { Translator } from 'glossa';
export class xlator extends Translator {
  stat(frame, loc) { this.loc = loc.copy(); frame.wind(); }
  async fsetattr(frame, fd, buf, valid, xdata) {
    const reply = await this.child.fstat(fd, null);
    const loc = this.loc;
${all.map((text, at) => `    if (valid === ${at}) { ${text}; }`).join('\n')}
    return { statpre: buf, statpost: buf };
  }
}
`;

describe('a name that is not there', () => {
  it('is told with what is meant, and what is fine is left alone', async () => {
    const run = await startModule({ 'm.js': CASES });
    const file = run.known('file');
    run.ask('stat', file, null);
    run.asked()[0]!.answer(0, 0, sized(1), null);
    run.lines();
    const fd = new Fd(file.inode!, 2, 1);
    for (const [at, text] of all.entries()) {
      const reply = run.ask('fsetattr', fd, sized(1), at, null);
      run.asked()[0]!.answer(0, 0, sized(2), null);
      const said = run.lines().join('\n');
      const wanted = expressions[text];
      expect(reply, `${text}\n${said}`).toMatchObject({ count: 1, opRet: wanted ? -1 : 0 });
      if (wanted) {
        expect(said, text).toContain(wanted);
        expect(said, text).toContain(`[m.js:${7 + at}:fsetattr]`);
      }
    }
    run.settled();
  });
});

const FORGOTTEN = `import { ENOENT, Translator } from 'glossa';
export class xlator extends Translator {
  async stat(frame, loc, xdata) {
    const reply = this.child.stat(loc, xdata);
    return { buf: reply.buf.iaSize };
  }
  async rmdir(frame, loc, xflag, xdata) {
    await this.child.rmdir(loc, xflag, xdata);
  }
  unlink(frame, loc) {
    if (loc.name) frame.wind();
    frame.fail(ENOENT);
  }
  access(frame) {
    frame.wind();
    frame.wind();
  }
}
`;

describe('a forgotten word', () => {
  it('is named, with the line', async () => {
    const run = await startModule({ 'm.js': FORGOTTEN });
    run.lines();
    run.ask('stat', run.known('a'), null);
    expect(texts(run).join()).toMatch(
      /reply\.buf is undefined: .* \(is an await missing in line 4\? reply = await …\)/,
    );
    run.asked()[0]!.answer(0, 0, sized(1), null);
    run.ask('rmdir', run.known('a'), 0, null);
    run.asked().at(-1)!.answer(0, 0, null, null, null);
    expect(texts(run).join()).toMatch(/not undefined: is a return missing\?/);
    run.ask('unlink', run.known('a'), 0, null);
    expect(texts(run).join()).toMatch(/\(line 11 did that: is a return missing there\?\)/);
    run.ask('access', run.known('a'), 0, null);
    expect(texts(run).join()).toMatch(/wound after .*\(line 15 did that/);
    run.settled();
  });
});
