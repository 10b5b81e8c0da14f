/**
 * Tests of mistakes in Rust modules: the log names the line, the request has one answer, and the
 * next request is served.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { type ModuleSettings, type RunningModule, startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { compileRustText, findRustError, rustCompiler } from '../../support/rust.ts';
import { makeSized } from '../bridge/requests.ts';

/** Each mistake is made in a fop of one module, as a start of the compiler takes a second. */
const MODULE = `use glossa::*;

#[derive(Default)]
struct Mistakes {
    held: Vec<Held<Self>>,
    calls: i32,
}

translator! {
    impl Translator for Mistakes {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Mistakes::default())
        }
        fn statfs(&mut self, _: &mut Frame<Self>, _: fop::Statfs) -> Answer {
            self.calls += 1;
            Err(Errno(self.calls))
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            match &*it.loc.name.unwrap_or_default() {
                b"two answers" => {
                    frame.fail(ENOENT);
                    Ok(frame.fail(ENOENT))
                }
                b"a wind after the answer" => {
                    frame.fail(ENOENT);
                    Ok(frame.tail(it))
                }
                b"an invalid errno" => Ok(frame.fail(Errno(0))),
                b"the reply of another fop" => Ok(frame.unwind(reply::Flush::default())),
                b"a tail of another fop" => {
                    Ok(frame.tail(fop::Access { loc: it.loc, mask: 0, xdata: None }))
                }
                b"an invalid name" => {
                    let loc = Loc { name: Some("a/b".into()), ..*it.loc };
                    Ok(frame.tail(fop::Stat { loc: &loc, ..it }))
                }
                b"a number beyond 2^53" => {
                    let buf = Iatt { ia_type: IA_IFREG, ia_size: i64::MAX, ..Iatt::default() };
                    Ok(frame.unwind(reply::Stat { buf: Some(&buf), ..reply::Stat::default() }))
                }
                b"a loc that leads nowhere" => {
                    Ok(frame.tail(fop::Stat { loc: &Loc::default(), ..it }))
                }
                b"no answer" => Ok(frame.later()),
                b"a dropped request" => {
                    drop(frame.hold());
                    Ok(frame.later())
                }
                b"held" => {
                    self.held.push(frame.hold());
                    Ok(frame.later())
                }
                b"release" => {
                    self.held.clear();
                    Err(ENOENT)
                }
                b"panic" => panic!("{} came", it.loc.name.unwrap_or_default()),
                b"index" => {
                    let empty: &[i32] = &[];
                    Err(Errno(empty[self.calls as usize]))
                }
                b"kept" => Ok(frame.wind_then(it, |this, frame, reply| {
                    let kept = frame.keep_reply();
                    let other = this.held.pop().ok_or(EIO)?;
                    if let (Some(mut other), Some(kept)) = (other.frame(), kept) {
                        other.unwind_kept(kept);
                    }
                    Ok(frame.unwind(reply))
                })),
                _ => Err(ENOENT),
            }
        }
        fn flush(&mut self, frame: &mut Frame<Self>, it: fop::Flush) -> Answer {
            frame.close(it.fd);
            Ok(frame.later())
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            Ok(frame.wind_then(it, |_, frame, reply| {
                frame.unwind(reply);
                Ok(frame.unwind(reply::Access::default()))
            }))
        }
    }
}
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
  ['a dropped request', /stat: it was neither answered nor passed on, and nothing holds it/],
];

/** Starts the module. */
async function start(settings: ModuleSettings = {}): Promise<RunningModule> {
  if (!existsSync(join(libraryFolder(), 'mistakes.wasm'))) compileRustText('mistakes', MODULE);
  const run = await startModule(libraryFolder(), { name: 'mistakes.wasm', ...settings });
  run.takeLines();
  return run;
}

const stat = (run: RunningModule, name: string) => run.ask('stat', run.knownLoc(name), null);

describe.skipIf(rustCompiler === '')('a module in Rust', () => {
  it.each(mistakes)(
    'fails its request with EIO, and the log names file and line, for %s',
    async (name, text) => {
      const run = await start();
      expect(stat(run, name)).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      const lines = run.takeLines();
      expect(lines).toEqual([expect.stringMatching(text)]);
      expect(lines[0]).toMatch(/\[mistakes\.rs:\d+:/);
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

  it('fails a kept request when the last handle of it is dropped', async () => {
    const run = await start();
    const held = stat(run, 'held');
    expect(held.count).toBe(0);
    stat(run, 'release');
    expect(held).toMatchObject({ count: 1, opErrno: EIO });
    run.takeLines();
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

  it.each([
    ['panic', /mistakes\.rs:\d+:\d+: panic came/],
    ['index', /mistakes\.rs:\d+:\d+: index out of bounds: the len is 0 but the index is 1/],
  ])(
    'logs the message and place of a panic (%s), fails the request, and starts anew',
    async (name, text) => {
      const run = await start();
      const count = () => run.ask('statfs', new Loc(run.root), null).opErrno;
      expect(count()).toBe(1);
      expect(stat(run, name)).toMatchObject({ count: 1, opErrno: EIO });
      const lines = run.takeLines().join('\n');
      expect(lines).toMatch(text);
      expect(lines).toMatch(/stat failed: it gave up/);
      await vi.waitFor(() => expect(run.dump().restarts).toBe(1), 30_000);
      expect(count()).toBe(1);
      run.expectSettled();
    },
  );

  it('is not compiled with a method other than a fop, callback or hook', () => {
    const text = MODULE.replace('fn flush(', 'fn flsh(');
    expect(findRustError('misspelt', text)).toMatch(/method `flsh` is not a member of trait/);
  });

  it('is not compiled if it keeps the values of a request beyond its call', () => {
    const text = MODULE.replace(
      'held: Vec<Held<Self>>',
      "held: Vec<Held<Self>>, name: &'static [u8]",
    )
      .replace('self.calls += 1;', 'self.calls += 1; self.name = _it.loc.name.unwrap().as_bytes();')
      .replace('_: fop::Statfs', '_it: fop::Statfs');
    expect(findRustError('keeping', text)).toMatch(/lifetime|borrowed|`'static`/);
  });
});
