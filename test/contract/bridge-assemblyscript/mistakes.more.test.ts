/**
 * Tests of mistakes in AssemblyScript modules: the request fails and has one answer, the log names the method, of a
 * trap also file and line, and the next request is served.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import {
  canCompileAssemblyScript,
  compileAssemblyScriptText,
} from '../../support/assemblyscript.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { makeSized } from '../bridge/requests.ts';

/** Each mistake is made in a fop of one module, as a start of the compiler takes seconds. */
const MODULE = `import {
  Answer, ENOENT, fop, Frame, Iatt, KeptReply, Loc, reply, Translator, translator,
} from 'glossa';

export * from 'glossa/module';

function deeper(depth: i32): i32 {
  return depth < 0 ? 0 : 1 + deeper(depth + 1);
}

class Mistakes extends Translator {
  private calls: i32 = 0;
  private held: Frame | null = null;
  private data: fop.Writev | null = null;

  statfs(_frame: Frame, _: fop.Statfs): Answer {
    return ++this.calls;
  }
  stat(frame: Frame, it: fop.Stat): Answer {
    const name = it.loc.name!;
    if (name == 'two answers') {
      frame.fail(ENOENT);
      return frame.fail(ENOENT);
    }
    if (name == 'a wind after the answer') {
      frame.fail(ENOENT);
      return frame.tail(it);
    }
    if (name == 'an invalid errno') return frame.fail(0);
    if (name == 'the reply of another fop') return frame.unwind(new reply.Flush());
    if (name == 'a tail of another fop') return frame.tail(new fop.Access(it.loc, 0));
    if (name == 'an invalid name') return frame.tail(new fop.Stat(it.loc.withName('a/b')));
    if (name == 'a number beyond 2^53') {
      const own = new reply.Stat();
      own.buf = new Iatt();
      own.buf!.iaSize = i64.MAX_VALUE;
      return frame.unwind(own);
    }
    if (name == 'a loc that leads nowhere') return frame.tail(new fop.Stat(new Loc()));
    if (name == 'no answer') return frame.later();
    if (name == 'held') {
      this.held = frame;
      return frame.hold();
    }
    if (name == 'kept')
      return frame.windThen(it, (translator: Mistakes, frame: Frame, it: reply.Stat): Answer => {
        translator.held!.unwindKept(frame.keepReply());
        return frame.unwind(it);
      });
    if (name == 'throw') throw new Error('it came');
    if (name == 'index') return new Array<i32>()[this.calls + 7];
    if (name == 'null') return <i32>this.data!.offset;
    if (name == 'cast') return (frame.local as Loc).name!.length;
    if (name == 'division') return this.calls / (this.calls - this.calls);
    if (name == 'depth') return deeper(1);
    if (name == 'surrogate') return frame.tail(new fop.Stat(it.loc.withName(String.fromCharCode(0xd800))));
    return ENOENT;
  }
  writev(frame: Frame, it: fop.Writev): Answer {
    const before = this.data;
    this.data = it;
    return before === null ? ENOENT : before.vector.length;
  }
  flush(frame: Frame, it: fop.Flush): Answer {
    frame.close(it.fd);
    return frame.later();
  }
  access(frame: Frame, it: fop.Access): Answer {
    return frame.windThen(it, (_: Mistakes, frame: Frame, it: reply.Access): Answer => {
      frame.unwind(it);
      return frame.unwind(new reply.Access());
    });
  }
}

translator<Mistakes>();
`;

/** Mistakes in stat, by the looked-up name: what the log says. */
const mistakes: readonly (readonly [name: string, text: RegExp])[] = [
  ['two answers', /stat: answered after the request was answered or handed on/],
  ['a wind after the answer', /stat: handed on after the request was answered/],
  ['an invalid errno', /stat: 0 is no errno such as ENOENT/],
  ['the reply of another fop', /stat: answered with the reply of flush/],
  ['a tail of another fop', /stat: the reply of another fop \(access\) needs a callback/],
  ['an invalid name', /stat: loc has the name "a\/b", which no directory entry can have/],
  ['a number beyond 2^53', /stat: buf has a iaSize that is not an integer below 2\^53/],
  ['a loc that leads nowhere', /stat: loc leads nowhere/],
  ['no answer', /stat: it was neither answered nor passed on, and nothing holds it/],
];

/** Traps in stat, by the looked-up name: what the log says, and the text of the line that it names. */
const traps: readonly (readonly [name: string, text: RegExp, line: string | null])[] = [
  ['throw', /it came/, "if (name == 'throw')"],
  ['index', /Index out of range/, null],
  ['null', /Unexpected 'null'/, "if (name == 'null')"],
  ['cast', /Unexpected 'null'/, "if (name == 'cast')"],
  ['division', /a division by zero/, "if (name == 'division')"],
  ['depth', /nested too deep/, 'return depth < 0'],
  ['surrogate', /a name cannot hold this lone surrogate/, null],
];

/** Starts the module. */
async function start(): Promise<RunningModule> {
  if (!existsSync(join(libraryFolder(), 'mistakes.wasm')))
    await compileAssemblyScriptText('mistakes', MODULE);
  const run = await startModule(libraryFolder(), { name: 'mistakes.wasm' });
  run.takeLines();
  return run;
}

const stat = (run: RunningModule, name: string) => run.ask('stat', run.knownLoc(name), null);

describe.skipIf(!canCompileAssemblyScript)('a module in AssemblyScript', () => {
  it.each(mistakes)(
    'fails its request with EIO, and the log names the method, for %s',
    async (name, text) => {
      const run = await start();
      expect(stat(run, name)).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      const lines = run.takeLines();
      expect(lines).toEqual([expect.stringMatching(text)]);
      expect(lines[0]).toMatch(/\[-:0:stat\]/);
      expect(stat(run, 'other')).toMatchObject({ opErrno: ENOENT });
      run.expectSettled();
    },
  );

  it('fails the request with EIO when it replies twice in one callback', async () => {
    const run = await start();
    const reply = run.ask('access', run.knownLoc('a'), 0, null);
    run.takeRequests()[0]!.answer(0, 0, null);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines()).toEqual([expect.stringMatching(/access: answered after/)]);
    run.expectSettled();
  });

  it("cannot answer a request with another request's kept reply", async () => {
    const run = await start();
    const held = stat(run, 'held');
    const reply = stat(run, 'kept');
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect([held.opErrno, reply.opRet]).toEqual([EIO, 0]);
    expect(run.takeLines().join('\n')).toMatch(/a reply that another request has kept/);
    run.expectSettled();
  });

  it("fails the request when it closes the caller's fd", async () => {
    const run = await start();
    expect(run.ask('flush', new Fd(run.root, 0, 1), null)).toMatchObject({ opErrno: EIO });
    expect(run.takeLines()[0]).toMatch(/the fd was not opened by this module/);
    run.expectSettled();
  });

  it("fails the request when it reads an earlier request's data, which it did not take", async () => {
    const run = await start();
    const write = () => run.ask('writev', new Fd(run.root, 2, 1), Uint8Array.of(1), 0, 0, null);
    expect(write().opErrno).toBe(ENOENT);
    expect(write().opErrno).toBe(EIO);
    expect(run.takeLines().join('\n')).toMatch(/the data of a request lasts as long as its call/);
    run.expectSettled();
  });

  it.each(traps)(
    'logs the reason, file and line of a trap (%s), fails the request, and starts anew',
    async (name, text, line) => {
      const run = await start();
      const count = () => run.ask('statfs', new Loc(run.root), null).opErrno;
      expect(count()).toBe(1);
      expect(stat(run, name)).toMatchObject({ count: 1, opErrno: EIO });
      const lines = run.takeLines().join('\n');
      expect(lines).toMatch(/stat failed: /);
      expect(lines).toMatch(text);
      if (line !== null) {
        const number = MODULE.slice(0, MODULE.indexOf(line)).split('\n').length;
        expect(lines).toMatch(new RegExp(`mistakes\\.ts:${number}\\b`));
      }
      await vi.waitFor(() => expect(run.dump().restarts).toBe(1), 30_000);
      expect(count()).toBe(1);
      run.expectSettled();
    },
  );
});
