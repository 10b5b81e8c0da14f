/** Tests of a beginner's slips in JavaScript: the message names the line and the correction. */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { startModule } from '../../support/module.ts';
import { makeSized, takeTexts } from '../bridge/requests.ts';

/** An expression → its message. */
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

/** Valid expressions. */
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

describe('a mistyped name in a JavaScript module', () => {
  it('is logged with its line and the likely name, while a valid name causes no message', async () => {
    const run = await startModule({ 'm.js': CASES });
    const file = run.knownLoc('file');
    run.ask('stat', file, null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    run.takeLines();
    const fd = new Fd(file.inode!, 2, 1);
    for (const [at, text] of all.entries()) {
      const reply = run.ask('fsetattr', fd, makeSized(1), at, null);
      run.takeRequests()[0]!.answer(0, 0, makeSized(2), null);
      const log = run.takeLines().join('\n');
      const expected = expressions[text];
      expect(reply, `${text}\n${log}`).toMatchObject({ count: 1, opRet: expected ? -1 : 0 });
      if (expected) {
        expect(log, text).toContain(expected);
        expect(log, text).toContain(`[m.js:${7 + at}:fsetattr]`);
      }
    }
    run.expectSettled();
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

const UNAWAITED = `import { Translator } from 'glossa';
export class xlator extends Translator {
  async stat(frame, loc, xdata) {
    const reply = this.child.stat(loc, xdata); // line 4
    return { buf: this.kept };
  }
  async getxattr(frame, loc, name) { this.child.stat(loc); return { dict: {} }; }
  async removexattr(frame, loc, name, xdata) {
    if (name) {
      this.child.removexattr(
        loc, name, xdata);
    }
  }
  async access(frame, loc, mask, xdata) {
    const reply = this.child.access(loc, mask, xdata);
    const slow = this.children[0].statfs(loc);
    await Promise.race([reply, slow]);
  }
  async setxattr(frame, loc, dict, flags, xdata) {
    void this.child.stat(loc);
  }
  async readlink(frame, loc, size, xdata) {
    this.later(loc);
    return { path: 'x' };
  }
  async later(loc) {
    await this.child.stat(loc);
  }
}
`;

describe('a reply that a JavaScript method does not await', () => {
  const count = (run: { takeLines(): readonly string[] }, text: string) =>
    run.takeLines().filter((line) => line.includes(text)).length;

  it('causes one warning, with the line of the request', async () => {
    const run = await startModule({ 'm.js': UNAWAITED });
    run.takeLines();
    const file = run.knownLoc('a');
    for (let times = 0; times < 2; times += 1) {
      const reply = run.ask('getxattr', file, 'user.a', null);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      const warnings = run.takeLines().filter((line) => line.includes('before a reply came'));
      expect(warnings.length).toBe(times === 0 ? 1 : 0);
      if (times > 0) continue;
      expect(warnings[0]).toContain('W [m.js:7:getxattr]');
      expect(warnings[0]).toMatch(
        /answered before a reply came: is an await missing\? write await th/,
      );
    }
    for (const held of run.takeRequests()) held.answer(0, 0, null, null);
    run.expectSettled();
  });

  it('causes a warning with the corrected statement when it is assigned to a variable', async () => {
    const run = await startModule({ 'm.js': UNAWAITED });
    run.takeLines();
    run.ask('stat', run.knownLoc('a'), null);
    const log = run.takeLines().join('\n');
    expect(log).toContain('[m.js:4:stat]');
    expect(log).toContain('write const reply = await this.child.stat(loc, xdata), or void');
  });

  it('fails the request when the method ends without a reply of its own', async () => {
    const run = await startModule({ 'm.js': UNAWAITED });
    run.takeLines();
    const reply = run.ask('removexattr', run.knownLoc('a'), 'user.a', null);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    const log = run.takeLines().join('\n');
    expect(log).toMatch(/E \[m\.js:10:removexattr\] .*removexattr ended before a reply came/);
    expect(log).toContain('write await this.child.removexattr(…)');
  });

  it('causes no warning in Promise.race, after void, or in a helper method', async () => {
    const run = await startModule({ 'm.js': UNAWAITED });
    run.takeLines();
    const file = run.knownLoc('a');
    const replies = [
      run.ask('access', file, 4, null),
      run.ask('setxattr', file, new Dict(), 0, null),
      run.ask('readlink', file, 100, null),
    ];
    run.takeRequests()[0]!.answer(0, 0, null);
    for (const reply of replies) expect(reply).toMatchObject({ count: 1 });
    expect(count(run, 'a reply came')).toBe(0);
  });
});

describe('a forgotten await or return in a JavaScript method', () => {
  it('is named in the log with its line', async () => {
    const run = await startModule({ 'm.js': FORGOTTEN });
    run.takeLines();
    run.ask('stat', run.knownLoc('a'), null);
    expect(takeTexts(run).join()).toMatch(
      /reply\.buf is undefined: .* \(is an await missing in line 4\? reply = await …\)/,
    );
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    run.ask('rmdir', run.knownLoc('a'), 0, null);
    run.takeRequests().at(-1)!.answer(0, 0, null, null, null);
    expect(takeTexts(run).join()).toMatch(/not undefined: is a return missing\?/);
    run.ask('unlink', run.knownLoc('a'), 0, null);
    expect(takeTexts(run).join()).toMatch(/\(line 11 did that: is a return missing there\?\)/);
    run.ask('access', run.knownLoc('a'), 0, null);
    expect(takeTexts(run).join()).toMatch(/wound after .*\(line 15 did that/);
    run.expectSettled();
  });
});
