/**
 * The bridge contract for cache times, and for invalidations.
 *
 * `timeouts` sets cache times: a failed lookup of `absent` for 60 s; a found name for 3.5 s and its
 * attributes for 7 s; a stat's attributes for 9 s. A cache time for any other failure is a mistake.
 *
 * `take_back` invalidates what the looked-up name says: `entry`, `expire`, `inode`, `attributes`,
 * `removed`, `every`, `gone` (a forgotten inode), `wrong` (a name with a slash).
 *
 * `timeouts_awaited` has async methods: a lookup of `early` fails for 5 s, any other for 6 s.
 */
import { expect, it } from 'vitest';
import { Dict, timeoutsOf } from '../../../runtime/core/dict.ts';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { isUpcall } from '../../../runtime/core/upcall.ts';
import type { Reply } from '../../support/core.ts';
import {
  hostedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { makeSized } from './requests.ts';

const LOOKUP_XDATA = 2;
const STAT_XDATA = 1;

const readTimeouts = (reply: Reply, at: number) => timeoutsOf(reply.values[at] as Dict | null);

/** Records the upcalls above the graph as texts. */
function listen(run: RunningModule): string[] {
  const upcalls: string[] = [];
  run.graph.listen((event, data) => {
    if (event !== 'UPCALL' || !isUpcall(data)) return;
    const { kind } = data;
    if (kind === 'every-entry') upcalls.push(kind);
    else if (kind === 'inode') upcalls.push(`inode ${data.inode.gfid} data=${data.data}`);
    else {
      const more = kind === 'entry' ? `expire=${data.expire}` : data.inode.gfid;
      upcalls.push(`${kind} ${data.parent.gfid}/${data.name} ${more}`);
    }
  });
  return upcalls;
}

export function cachingContract(folder: string, language: Language = hostedLanguage): void {
  timeoutsContract(folder, language);
  takeBackContract(folder, language);
  if (language === hostedLanguage) awaitedContract(folder);
}

function awaitedContract(folder: string): void {
  it.each([
    ['early', 5],
    ['late', 6],
  ])(
    'timeouts_awaited: an async method sets the cache time of an absent name (%s)',
    async (name, seconds) => {
      const run = await startModule(folder, { name: 'timeouts_awaited' });
      const reply = run.ask('lookup', run.absentLoc(name), null);
      for (const held of run.takeRequests()) held.answer(-1, ENOENT, null, null, null, null);
      expect([reply.count, reply.opErrno]).toEqual([1, ENOENT]);
      expect(readTimeouts(reply, LOOKUP_XDATA)).toEqual({ negative: seconds });
      run.expectSettled();
    },
  );

  it('timeouts_awaited: a cache time for any other failure is refused', async () => {
    const run = await startModule(folder, { name: 'timeouts_awaited' });
    expect(run.ask('access', run.knownLoc('a'), 0, null).opErrno).toBe(EIO);
    expect(run.takeLines().join('\n')).toContain('only the failure of a lookup is ever cached');
    run.expectSettled();
  });
}

/** Cache times that a module sets. */
function timeoutsContract(folder: string, language: Language): void {
  const start = (name: string) => startModule(folder, { name, language });

  it('timeouts: a module sets the cache time of an absent name', async () => {
    const run = await start('timeouts');
    const reply = run.ask('lookup', run.absentLoc('absent'), null);
    expect([reply.opRet, reply.opErrno]).toEqual([-1, ENOENT]);
    expect(readTimeouts(reply, LOOKUP_XDATA)).toEqual({ negative: 60 });
    run.expectSettled();
  });

  it('timeouts: a module sets separate cache times for a name and its attributes', async () => {
    const run = await start('timeouts');
    const loc = run.absentLoc('there');
    const reply = run.ask('lookup', loc, null);
    run.takeRequests()[0]!.answer(0, 0, loc.inode, makeSized(5), null, null);
    expect(reply.opRet).toBe(0);
    expect(reply.values[1]).toMatchObject({ iaSize: 5 });
    expect(readTimeouts(reply, LOOKUP_XDATA)).toEqual({ entry: 3.5, attribute: 7 });
    run.expectSettled();
  });

  it('timeouts: a cache time leaves the other keys of the xdata', async () => {
    const run = await start('timeouts');
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(5), new Dict().set('other', 'kept'));
    const xdata = reply.values[STAT_XDATA] as Dict;
    expect(timeoutsOf(xdata)).toEqual({ attribute: 9 });
    expect(xdata.get('other')).toBe('kept');
    run.expectSettled();
  });
}

function takeBackContract(folder: string, language: Language): void {
  const start = (name: string) => startModule(folder, { name, language });

  it('take_back: a module invalidates a name, an inode or every entry', async () => {
    const run = await start('take_back');
    const upcalls = listen(run);
    const { gfid } = run.root;
    const file = run.knownLoc('file');
    for (const name of ['entry', 'expire', 'inode', 'attributes', 'removed', 'every']) {
      upcalls.length = 0;
      const reply = run.ask('lookup', new Loc(file.inode, run.root, name), null);
      run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
      expect(reply.opErrno).toBe(ENOENT);
      const expected: Record<string, string> = {
        entry: `entry ${gfid}/entry expire=false`,
        expire: `entry ${gfid}/expire expire=true`,
        inode: `inode ${file.inode!.gfid} data=true`,
        attributes: `inode ${file.inode!.gfid} data=false`,
        removed: `removed ${gfid}/removed ${file.inode!.gfid}`,
        every: 'every-entry',
      };
      expect(upcalls).toEqual([expected[name]]);
    }
    run.expectSettled();
  });

  it('take_back: a forgotten inode is ignored, and an invalid name fails the request', async () => {
    const run = await start('take_back');
    const upcalls = listen(run);
    const absent = run.ask('lookup', run.absentLoc('gone'), null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
    expect([absent.opErrno, upcalls]).toEqual([ENOENT, []]);
    const wrong = run.ask('lookup', run.absentLoc('wrong'), null);
    expect([wrong.opRet, wrong.opErrno, upcalls]).toEqual([-1, EIO, []]);
    expect(run.takeLines().join('\n')).toContain('a/b');
    run.expectSettled();
  });
}
