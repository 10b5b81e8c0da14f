/**
 * Tests of mistakes in C modules: the log names the line, the request has one answer, and the next
 * request is served.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { type ModuleSettings, type RunningModule, startModule } from '../../support/module.ts';
import { canCompile, compileText, libraryFolder, nativeFile } from '../../support/native.ts';
import { rows } from '../../support/rows.ts';
import { makeSized } from '../bridge/requests.ts';

let count = 0;

/** Compiles a module of these functions; `record` initialises its struct glossa_translator. */
function compileModule(name: string, functions: string, record: string): void {
  compileText(
    name,
    `#include "glossa.h"\n#pragma GCC diagnostic ignored "-Wunused-parameter"\n${functions}
struct glossa_translator glossa_translator = {${record}};\n`,
  );
}

/** Starts such a module. */
async function start(
  functions: string,
  record: string,
  settings: ModuleSettings = {},
): Promise<RunningModule> {
  count += 1;
  const name = `misuse${count}`;
  compileModule(name, functions, record);
  const run = await startModule(libraryFolder(), { language: nativeFile, name, ...settings });
  run.takeLines();
  return run;
}

const STAT = `static void stat_fop(glossa_frame_t *frame, xlator_t *this, const loc_t *loc,
                                   dict_t *xdata)`;
const CBK = `static void stat_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this,
  int64_t op_ret, int32_t op_errno, const struct iatt *buf, dict_t *xdata)`;

/** One mistake in stat, made in the fop itself. */
const mistakes = rows`
two answers ⇒ glossa_fail(frame, ENOENT);
  glossa_fail(frame, ENOENT);
  ⇒ stat: answered after the request was answered or handed on
a wind after the answer ⇒ glossa_fail(frame, ENOENT);
  tail_stat(frame, this->child, loc, xdata);
  ⇒ stat: handed on after the request was answered
an invalid errno ⇒ glossa_fail(frame, 0); ⇒ stat: 0 is no errno such as ENOENT
the reply of another fop ⇒ unwind_flush(frame, 0, 0, xdata);
  ⇒ stat: answered with the reply of flush
a wind without a child ⇒ tail_stat(frame, NULL, loc, xdata);
  ⇒ stat: there is no subvolume to wind to
a tail of another fop ⇒ tail_access(frame, this->child, loc, 0, xdata);
  ⇒ stat: the reply of another fop \(access\) needs a callback
an invalid name ⇒ loc_t other = *loc; other.name = "a/b";
  tail_stat(frame, this->child, &other, xdata);
  ⇒ stat: loc has the name "a\/b", which no directory entry can have
a number beyond 2^53 ⇒ struct iatt buf = {.ia_type = IA_IFREG, .ia_size = INT64_MAX};
  unwind_stat(frame, 0, 0, &buf, xdata);
  ⇒ stat: buf has a iaSize that is not an integer below 2\^53
a missing loc ⇒ tail_stat(frame, this->child, NULL, xdata); ⇒ stat: loc must not be None
`;

describe.skipIf(!canCompile)('a module in C', () => {
  it.each(mistakes)(
    'fails its request with EIO, and the log names its file and line, for %s',
    async (_, body, line) => {
      const run = await start(`${STAT}\n{\n${body}\n}`, '.fops = {.stat = stat_fop}');
      const reply = run.ask('stat', run.knownLoc('a'), null);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      const lines = run.takeLines();
      expect(lines).toEqual([expect.stringMatching(new RegExp(line))]);
      expect(lines[0]).toMatch(/\[misuse\d+\.c:\d+:stat_fop\]/);
      run.expectSettled();
    },
  );

  it('fails the request with EIO when it replies twice in one callback', async () => {
    const run = await start(
      `${CBK}\n{\nunwind_stat(frame, 0, 0, buf, xdata);\nunwind_stat(frame, 0, 0, NULL, NULL);\n}`,
      '.cbks = {.stat = stat_cbk}',
    );
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines()).toEqual([expect.stringMatching(/stat_cbk.*answered after/)]);
    run.expectSettled();
  });

  it('fails the request with EIO when it uses a frame, dict or inode of an ended request', async () => {
    const run = await start(
      `static glossa_frame_t *kept; static dict_t *dict; static inode_t *inode;
${STAT}
{
  if (kept != NULL) {
    glossa_fail(kept, ENOENT);
    loc_t other = *loc;
    other.inode = inode;
    tail_stat(frame, this->child, &other, dict);
    return;
  }
  kept = frame; dict = xdata; inode = loc->inode;
  glossa_fail(frame, ENOENT);
}`,
      '.fops = {.stat = stat_fop}',
    );
    const { Dict } = await import('../../../runtime/core/dict.ts');
    run.ask('stat', run.knownLoc('a'), Dict.of({ key: 1 }));
    const reply = run.ask('stat', run.knownLoc('b'), Dict.of({ key: 1 }));
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    const lines = run.takeLines();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/answered: the request has ended/);
    expect(lines[1]).toMatch(/stat: (loc names an inode that is not known any more|xdata)/);
    run.expectSettled();
  });

  it('fails the request with EIO when it winds bytes that it got in an earlier call', async () => {
    const run = await start(
      `static void late(xlator_t *this, void *frame)
{
  glossa_frame_t *mine = frame;
  const data_t *data = mine->args[1].pointer;
  const data_t copy = *data;
  tail_writev(mine, this->child, (fd_t *)mine->args[0].pointer, &copy, 0, 0, NULL);
}
static void writev_fop(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_writev)
{
  timer_after(this, 0, late, frame);
}`,
      '.fops = {.writev = writev_fop}',
    );
    const reply = run.ask('writev', new Fd(run.root, 1, 1), Uint8Array.of(1, 2), 0, 0, null);
    run.context.advance(1);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines()).toEqual([expect.stringMatching(/late\].*writev: vector has no bytes/)]);
    run.expectSettled();
  });

  it('has its failed request passed to the child, once, under on-error bypass', async () => {
    const run = await start(
      `${STAT}\n{\nglossa_fail(frame, -1);\n}`,
      '.fops = {.stat = stat_fop}',
      {
        options: { 'on-error': 'bypass' },
      },
    );
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    run.expectSettled();
  });

  it('leaves a request without a reply, which fails with EIO after frame-timeout', async () => {
    const run = await start(`${STAT}\n{\n}`, '.fops = {.stat = stat_fop}', {
      options: { 'frame-timeout': '3' },
    });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.context.advance(10_000);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines()).toEqual([expect.stringMatching(/stat: no answer within 3 s/)]);
    run.expectSettled();
  });

  it('may reply in its cancel function when the caller is interrupted', async () => {
    const run = await start(
      `${STAT}\n{\nwind_stat(frame, NULL, NULL, this->child, loc, xdata);\n}
${CBK}\n{\nif (!frame->answered) unwind_stat(frame, op_ret, op_errno, buf, xdata);\n}
static void given_up(glossa_frame_t *frame, xlator_t *this)
{
  glossa_fail(frame, EINTR);
}`,
      '.fops = {.stat = stat_fop}, .cbks = {.stat = stat_cbk}, .cancels = {.stat = given_up}',
    );
    const reply = run.ask('stat', run.knownLoc('a'), null);
    const [held] = run.takeRequests();
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opErrno: 4 });
    held!.answer(0, 0, makeSized(1), null);
    expect(run.takeLines()).toEqual([]);
    run.expectSettled();
  });

  it('adds its own keys to the statedump, with the current values of its options', async () => {
    const run = await start(
      `static void dump(xlator_t *this, dict_t *dict)
{
  int64_t limit = 0;
  dict_get_int64(this->options, "limit", &limit);
  dict_set_int64(dict, "limit", limit);
  dict_set_str(dict, "text", "two words");
}
static const struct volume_options options[] = {
  {.key = "limit", .type = GF_OPTION_TYPE_INT, .default_value = "5"}, {.key = NULL}};`,
      '.statedump = dump, .options = options',
    );
    const dump = () => run.xl.translator.dump!(run.xl as never);
    expect(dump()).toMatchObject({ language: 'c', 'module.limit': 5, 'module.text': 'two words' });
    run.reconfigure({ limit: '6' });
    expect(dump()).toMatchObject({ 'module.limit': 6 });
  });

  it('has separate static variables in each of two volumes', async () => {
    const functions = `static int calls;\n${STAT}\n{\nglossa_fail(frame, ++calls);\n}`;
    const one = await start(functions, '.fops = {.stat = stat_fop}');
    const settings = { language: nativeFile, name: `misuse${count}` };
    const other = await startModule(libraryFolder(), settings);
    const ask = (run: RunningModule) => run.ask('stat', run.knownLoc('a'), null).opErrno;
    expect([ask(one), ask(one), ask(other), ask(one)]).toEqual([1, 2, 1, 3]);
  });

  it('starts with fresh static variables after a reload, or after a restart by on-error', async () => {
    const run = await start(
      `static int calls;
${STAT}
{
  calls++;
  glossa_fail(frame, loc->name[0] == 'w' ? 0 : calls);
}`,
      '.fops = {.stat = stat_fop}',
      { options: { 'on-error': 'restart' } },
    );
    const ask = (name: string) => run.ask('stat', run.knownLoc(name), null).opErrno;
    expect([ask('a'), ask('a'), ask('wrong')]).toEqual([1, 2, EIO]);
    await vi.waitFor(() => expect(run.host.counters.restarts).toBe(1), 50_000);
    expect([ask('a'), ask('a')]).toEqual([1, 2]);
    expect(await run.host.reload()).toMatchObject({ ok: true });
    expect(ask('a')).toBe(1);
    run.expectSettled();
  });

  it('passes its state to the new copy at a reload, and fini of the old copy runs', async () => {
    const run = await start(
      `static int64_t calls;
${STAT}
{
  glossa_fail(frame, (int32_t)++calls);
}
static void dump(xlator_t *this, dict_t *state)
{
  dict_set_int64(state, "calls", calls);
}
static void load(xlator_t *this, dict_t *state)
{
  dict_get_int64(state, "calls", &calls);
}
static void fini(xlator_t *this)
{
  gf_log(this, GF_LOG_INFO, "ends after %d", (int)calls);
}`,
      '.fops = {.stat = stat_fop}, .dump_state = dump, .load_state = load, .fini = fini',
    );
    const ask = () => run.ask('stat', run.knownLoc('a'), null).opErrno;
    expect([ask(), ask()]).toEqual([1, 2]);
    expect(await run.host.reload()).toMatchObject({ ok: true });
    expect(ask()).toBe(3);
    expect(run.takeLines().join('\n')).toContain('ends after 2');
    run.expectSettled();
  });

  it('is replaced under option reload when its file is recompiled, but not by a file that is no library', async () => {
    const renderFop = (errno: number): string => `${STAT}\n{\nglossa_fail(frame, ${errno});\n}`;
    const run = await start(renderFop(1), '.fops = {.stat = stat_fop}', {
      options: { reload: 'on' },
    });
    const ask = () => run.ask('stat', run.knownLoc('a'), null).opErrno;
    expect(ask()).toBe(1);
    const file = join(libraryFolder(), `misuse${count}.so`);
    writeFileSync(file, 'no shared object');
    await vi.waitFor(
      () => expect(run.takeLines().join()).toContain('the code before goes on'),
      50_000,
    );
    expect(ask()).toBe(1);
    compileModule(`misuse${count}`, renderFop(2), '.fops = {.stat = stat_fop}');
    await vi.waitFor(() => expect(ask()).toBe(2), 50_000);
    run.expectSettled();
  });

  it('prevents the start when its init fails, with its last log message as the reason', async () => {
    const refusing = start(
      `static int32_t init(xlator_t *this)
{
  gf_log(this, GF_LOG_ERROR, "the moon is not full");
  return -1;
}`,
      '.init = init',
    );
    await expect(refusing).rejects.toThrow(/misuse\d+\.so: the moon is not full/);
  });

  it('leaves no frame or memory behind after 100,000 requests, whether they succeed or fail', async () => {
    const run = await start(
      `${CBK}\n{\nframe_alloc(frame, 5000);\nunwind_stat(frame, op_ret, op_errno, buf, xdata);\n}
${STAT}
{
  if (loc->name[0] == 'f') glossa_fail(frame, ENOENT);
  else if (loc->name[0] == 'w') glossa_fail(frame, 0);
  else wind_stat(frame, NULL, stat_cbk, this->child, loc, xdata);
}
static void dump(xlator_t *this, dict_t *dict)
{
  dict_set_int64(dict, "frames", (int64_t)glossa_self.frames.count);
  dict_set_int64(dict, "resting", (int64_t)glossa_self.resting);
}`,
      '.fops = {.stat = stat_fop}, .statedump = dump',
      { level: 3 },
    );
    const buf = makeSized(1);
    run.leaf.onRequest = (held) => held.answer(0, 0, buf, null);
    const locs = ['fails', 'wrong', 'passes'].map((name) => run.knownLoc(name));
    const round = (): void => {
      for (let i = 0; i < 33_000; i++) run.ask('stat', locs[i % 3]!, null);
      run.replies.length = 0;
    };
    round();
    const dump = () => run.xl.translator.dump!(run.xl as never);
    const before = dump();
    expect(before['module.frames']).toBe(0);
    round();
    round();
    expect(dump()).toMatchObject({
      'module.frames': 0,
      'module.resting': before['module.resting'],
    });
    run.expectSettled();
  });
});
