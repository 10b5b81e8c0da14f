/** The bridge contract for the lifecycle of a module: hooks, events, options and log lines. */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EACCES } from '../../../runtime/core/errno.ts';
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { INFO, WARNING } from '../../../runtime/core/log.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { RENAME_FLAGS } from '../../../runtime/core/xdata.ts';
import {
  hostedLanguage,
  type Language,
  makeModuleGraph,
  makeQuietStart,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { makeSized, takeTexts } from './requests.ts';
import { Samples } from './values.ts';

const entryFops = fops.filter(({ entry }) => entry.creates ?? entry.removes);

/** Modules with hooks; all but the last wind to the child. */
const HOOK_MODULES = ['hooks', 'hooks_plain', 'hooks_cbk', 'hooks_async', 'hooks_own'];

/** Arguments of a fop whose names are `old` and `new`, in directories whose gfids end in 0. */
function entryArguments(run: RunningModule, row: FopRow): unknown[] {
  const samples = new Samples(run.graph.inodes);
  const values = samples.values(row.args, true);
  return row.args.map((arg, at) => {
    if (arg.name === row.entry.removes) return run.knownLoc('old');
    if (arg.name === row.entry.creates) return run.absentLoc('new');
    return arg.type === 'dict' ? null : values[at];
  });
}

const entryLines = ({ entry }: FopRow): string[] => [
  ...(entry.removes ? ['-old 1'] : []),
  ...(entry.creates ? ['+new 1'] : []),
];

export function lifecycleContract(folder: string, language: Language = hostedLanguage): void {
  const start = makeQuietStart(folder, language);

  describe.each(HOOK_MODULES)('%s', (name) => {
    /** Sends a fop; the child answers its winds with `opRet`. */
    function send(run: RunningModule, fop: string, args: unknown[], opRet: number) {
      const reply = run.ask(fop as FopName, ...(args as never));
      for (let ms = 0; ms < 5 && reply.count === 0; ms += 1) {
        run.context.advance(1);
        const row = fops.find((one) => one.name === fop)!;
        for (const held of run.takeRequests()) {
          // Until the reply is on its way, nothing has happened.
          expect(takeTexts(run)).toEqual([]);
          held.answer(opRet, opRet < 0 ? EACCES : 0, ...row.reply.map(() => null));
        }
      }
      expect(reply).toMatchObject({ count: 1, opRet: name === 'hooks_own' ? 0 : opRet });
      return reply;
    }

    it('calls the entry hooks for every fop that creates or removes a name', async () => {
      const run = await start(name);
      for (const row of entryFops) {
        send(run, row.name, entryArguments(run, row), 0);
        expect([row.name, ...takeTexts(run)]).toEqual([row.name, ...entryLines(row)]);
      }
      expect(entryFops.length).toBeGreaterThan(8);
      run.expectSettled();
    });

    it('calls no hook when the fop fails', async () => {
      if (name === 'hooks_own') return;
      const run = await start(name);
      for (const row of entryFops) {
        send(run, row.name, entryArguments(run, row), -1);
        expect([row.name, ...takeTexts(run)]).toEqual([row.name]);
      }
      run.expectSettled();
    });

    it('calls the hooks for both names of an exchange, and for no rename onto a hard link', async () => {
      const run = await start(name);
      const exchange = new Dict().set(RENAME_FLAGS, 2);
      send(run, 'rename', [run.knownLoc('a'), run.knownLoc('b'), exchange], 0);
      expect(takeTexts(run)).toEqual(['-a 1', '-b 1', '+a 1', '+b 1']);
      const a = run.knownLoc('a');
      send(run, 'rename', [a, new Loc(a.inode, run.root, 'b'), null], 0);
      expect(takeTexts(run)).toEqual([]);
      run.expectSettled();
    });
  });

  it('hooks: a hook runs before the reply is unwound', async () => {
    const run = await start('hooks');
    const reply = run.ask('mkdir', run.absentLoc('a'), 0o755, 0, null);
    const numbers: number[] = [];
    const write = run.context.sink.write;
    run.context.sink.write = (line) => {
      numbers.push(reply.count);
      write(line);
    };
    run.takeRequests()[0]!.answer(0, 0, null, null, null, null, null);
    expect(numbers).toEqual([0]);
    expect(reply.count).toBe(1);
  });

  it('life: a module is constructed, initialised, notified of events, and finalised', async () => {
    const run = await startModule(folder, { name: 'life', language });
    const [created, init, loaded, ...events] = takeTexts(run);
    expect(created).toBe("made top over ['leaf0']");
    expect(init).toBe('init, test/held');
    expect(loaded).toContain('loaded: no fops');
    expect(events).toEqual(['event PARENT_UP', 'event CHILD_UP']);
    run.xl.notify('CHILD_DOWN', run.xl);
    expect(takeTexts(run)).toEqual(['event CHILD_DOWN']);
    await run.graph.stop();
    expect(takeTexts(run)).toEqual(['event PARENT_DOWN', 'fini']);
  });

  const settings = async (options: Record<string, string>): Promise<unknown> => {
    const run = await startModule(folder, { name: 'settings', language, options });
    return JSON.parse(takeTexts(run)[0]!);
  };

  it('settings: an option that is not set has its default, or none', async () => {
    expect(await settings({})).toEqual({
      text: 'quiet',
      choice: null,
      count: 3,
      share: 0.5,
      enabled: true,
      'cache-size': 1024,
      timeout: 60,
      part: null,
      folder: null,
      later: null,
    });
  });

  it("settings: values of the volfile are parsed by the option's type", async () => {
    const options = {
      text: 'loud',
      choice: 'two',
      count: '0x7',
      share: '0.25',
      enabled: 'off',
      'cache-size': '2KB',
      timeout: '5m',
      part: '20%',
      folder: '/tmp',
      later: '2h',
    };
    expect(await settings(options)).toEqual({
      text: 'loud',
      choice: 'two',
      count: 7,
      share: 0.25,
      enabled: false,
      'cache-size': 2048,
      timeout: 300,
      part: 20,
      folder: '/tmp',
      later: 7200,
    });
  });

  it.each([
    ['count', '11', /test\.vol:4:5: .*'count'.*10/],
    ['choice', 'three', /test\.vol:4:5: .*'choice'.*one.*two/],
    ['timeout', 'soon', /test\.vol:4:5: .*'timeout'/],
    ['folder', 'relative', /test\.vol:4:5: .*'folder'/],
  ])('settings: an invalid %s refuses the start with its line', async (key, value, text) => {
    const run = makeModuleGraph(folder, {
      name: 'settings',
      language,
      options: { [key]: value },
    });
    expect(await run.findStartProblems()).toEqual([expect.stringMatching(text)]);
  });

  it('settings: all invalid options are reported at once', async () => {
    const options = { count: 'x', timeout: 'y' };
    const run = makeModuleGraph(folder, { name: 'settings', language, options });
    expect(await run.findStartProblems()).toHaveLength(2);
  });

  it.each([
    ['timout', /^W .*test\.vol:4:5: option 'timout' is not known here.*timeout/],
    [language.slip[0], new RegExp(`^W .*'${language.slip[0]}' is not known .*${language.slip[1]}`)],
    ['qqq', /^W .*option 'qqq' is not known here$/],
  ])('settings: the unknown option %s is warned about', async (key, line) => {
    const run = await startModule(folder, { name: 'settings', language, options: { [key]: '1' } });
    expect(run.takeLines()).toContainEqual(expect.stringMatching(line));
  });

  const readFileName = (line: string): string => /\[([^\]]*)\]/.exec(line)![1]!;

  it('talk: a line of each level has its file and line, and control characters are escaped', async () => {
    const run = await start('talk');
    run.leaf.onRequest = (held) => held.answer(0, 0, makeSized(1), null);
    run.ask('stat', run.knownLoc('evil\n[2026] E name\u001b'), null);
    const lines = run.takeLines();
    expect(lines.map((line) => [line[0], line.slice(line.indexOf('0-top: ') + 7)])).toEqual([
      ['C', 'critical'],
      ['E', 'error 1'],
      ['W', 'warning'],
      ['I', 'info'],
      ['D', 'debug'],
      ['D', 'trace'],
      ['I', 'printed 1 2'],
      ['I', 'half a line, and the rest'],
      ['I', 'and another'],
      ['W', 'to stderr'],
      ['I', expect.stringContaining('wrong %d')],
      // The characters of a name can neither begin a log line nor reach a terminal.
      ['I', expect.stringMatching(/^a name: evil(\n {4}|\\n)\[2026\] E name\\x1b$/)],
    ]);
    const place = language.hasLines === false ? /^-:0:stat$/ : /^talk\.\w+:\d+:stat$/;
    for (const line of lines) expect(readFileName(line)).toMatch(place);
    const places = lines.map((line) => Number(readFileName(line).split(':')[1]));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    run.expectSettled();
  });

  it.each([
    [WARNING, 'CEWW'],
    [INFO, 'CEWIIIIWII'],
  ])("talk: lines below the volume's level %d are not written", async (level, letters) => {
    const run = await startModule(folder, { name: 'talk', language, level });
    run.takeLines();
    run.leaf.onRequest = (held) => held.answer(0, 0, ...held.args.slice(0, -1).map(() => null));
    run.ask('stat', run.knownLoc('a'), null);
    const levels = run.takeLines().map((line) => line[0]);
    expect(levels.join('')).toBe(letters);
    // A line that is not written is not made either.
    expect(run.ask('access', run.knownLoc('a'), 0, null).count).toBe(1);
    expect(run.takeLines()).toEqual([]);
  });
}
