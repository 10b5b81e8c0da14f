/** The playground without interpreters: graphs of glossa's own translators, and the shell. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onlyWinds, readEvents } from '../../../test/support/test-recordings.ts';
import { PlaygroundRuntime } from './playground-runtime.ts';
import { joinOutput } from './shell/index.ts';

const DISK = 'volume disk\n    type storage/memory\nend-volume\n';
const CACHE = 'volume cache\n    type features/negative\n    subvolumes disk\nend-volume\n';
const start = (volfile: string, journal: readonly string[] = []) =>
  runtime.start({ texts: { '/graph.vol': volfile }, distanceMs: 1.5, journal });

let runtime: PlaygroundRuntime;
beforeEach(async () => {
  runtime = await PlaygroundRuntime.open(new Map());
});
afterEach(() => runtime.stop());

/** The output of a line, and its status unless 0. */
async function says(line: string): Promise<string> {
  const { output, status } = await runtime.run(line);
  return status === 0 ? joinOutput(output) : `${joinOutput(output)} (${status})`;
}

describe('a new graph in the playground', () => {
  it('leaves the earlier graph running if it does not start', async () => {
    await expect(runtime.run('ls')).rejects.toThrow('no graph runs');
    expect(await start(DISK + CACHE)).toMatchObject({
      isRunning: true,
      problems: [],
      volumes: [
        { name: 'disk', type: 'storage/memory', subvolumes: [] },
        { name: 'cache', type: 'features/negative', subvolumes: ['disk'] },
      ],
    });
    await says('touch kept');
    expect(
      await start(
        `${DISK}volume top\n    type features/negativ\n    subvolumes disk\nend-volume\n`,
      ),
    ).toMatchObject({
      isRunning: false,
      volumes: [{ name: 'disk' }, { name: 'cache' }],
      problems: [
        {
          severity: 'error',
          file: '/graph.vol',
          line: 5,
          column: 10,
          message: expect.stringContaining("did you mean 'features/negative'?"),
        },
      ],
    });
    expect(await says('ls kept')).toBe('kept');
  });

  it('restores its storage from a journal, and does not count the requests for that', async () => {
    await start(DISK + CACHE);
    const lines = [
      'mkdir -p a/b',
      "echo 'two words' > a/b/c; cat nothing",
      'ls a',
      'chmod 600 a/b/c',
    ];
    const journal: string[] = [];
    for (const line of lines) journal.push((await runtime.run(line)).journalLine ?? '');
    expect(journal).toEqual([lines[0], lines[1], '', lines[3]]);
    await start(DISK + CACHE, journal);
    const { output, counters } = await runtime.run('cat a/b/c');
    expect(joinOutput(output)).toBe('two words');
    expect(counters).toMatchObject({ requestCount: 5, storageCount: 5, byFop: { lookup: [3, 3] } });
    expect(await says('ls -l a/b')).toMatch(/^-rw------- 1 0 0 +10 .* c$/);
  });
});

it('the playground counts the wait for replies in virtual time, without waiting in real time', async () => {
  await start(DISK + CACHE);
  const first = await runtime.run('search file009.php');
  expect(first).toMatchObject({ output: [{ text: '/dir9/file009.php' }], status: 0 });
  expect(first.counters).toMatchObject({ requestCount: 20, storageCount: 20, waitedMs: 30 });
  const second = await runtime.run('search file009.php');
  expect(second.counters).toMatchObject({ requestCount: 30, storageCount: 21, waitedMs: 31.5 });
  runtime.setDistance(100);
  const third = await runtime.run('sleep 5; search file009.php');
  expect(third.counters).toMatchObject({ requestCount: 40, storageCount: 22, waitedMs: 131.5 });
});

it('the playground records the requests of each shell line', async () => {
  await start(DISK + CACHE);
  const { recording } = await runtime.run('cat nothing');
  const winds = onlyWinds(await readEvents(recording));
  expect(winds.map(({ fop, volume }) => [fop, volume])).toEqual([
    ['lookup', 'cache'],
    ['lookup', 'disk'],
  ]);
  expect(winds[0]!.caller).toMatchObject({ uid: 0, pid: 1 });
});

describe('the shell of the playground', () => {
  beforeEach(() => start(DISK));

  it.each([
    ['cat nothing', 'cat: nothing: No such file or directory (1)'],
    ['mkdir dir0', 'mkdir: dir0: File exists (1)'],
    ['rm dir0', 'rm: dir0: Is a directory (1)'],
    ['rmdir dir0', 'rmdir: dir0: Directory not empty (1)'],
    ['rmdir dir0/file000.php', 'rmdir: dir0/file000.php: Not a directory (1)'],
    ['cat dir0/file000.php/x', 'cat: dir0/file000.php/x: Not a directory (1)'],
    ['cat', 'cat: missing operand\nusage: cat PATH… (2)'],
    ['ls -x', "ls: invalid option -- 'x'\nusage: ls [-al] [PATH…] (2)"],
    ['sleep 100000', ''],
    ['sleep now', "sleep: invalid time interval 'now'\nusage: sleep SECONDS (2)"],
    ['chmod u+x dir0', "chmod: invalid mode: 'u+x'\nusage: chmod MODE PATH… (2)"],
    ['mkdri x', "mkdri: command not found (did you mean 'mkdir'?) (127)"],
    ['search none', 'search: none: not found in any of 10 directories (1)'],
    ['echo hi > a && cat a', 'hi'],
    ['echo hi > a; echo ho >> a; cat a; rm a', 'hi\nho'],
    ['ln -s b a; echo hi > b; cat a; rm b; cat a', 'hi\ncat: a: No such file or directory (1)'],
    ['echo hi > a; ln a b; rm a; cat b', 'hi'],
    ['echo hi > a; mv a dir1; ls dir1', 'a\nfile001.php'],
    ['rm -r dir1; ls dir1', 'ls: dir1: No such file or directory (1)'],
    ['cp -r dir1 dir2; ls dir2/dir1; cp dir1 dir3', 'file001.php\ncp: dir1: Is a directory (1)'],
    ['mkdir -p dir0/file000.php', 'mkdir: dir0/file000.php: File exists (1)'],
    ['ls none dir1', 'ls: none: No such file or directory\ndir1:\nfile001.php (1)'],
    ['ls /../dir1/./', 'file001.php'],
    ['ln -s l l; cat l', 'cat: l: Too many levels of symbolic links (1)'],
    ['help stat', 'stat PATH…\nshows the attributes of a file: its iatt'],
  ])('%j prints %j', async (line, said) => {
    expect(await says(line)).toBe(said);
  });

  it.each([
    ['echo hi; cat nothing', ['hi'], ['cat: nothing: No such file or directory']],
    [
      'search file000.php none',
      ['/dir0/file000.php'],
      ['search: none: not found in any of 10 directories'],
    ],
    ['mkdri x; ls /dir0', ['file000.php'], [expect.stringContaining('mkdri: command not found')]],
    ['echo hi > /f', [], []],
    ['echo hi > /none/f', [], ['/none/f: No such file or directory']],
    ['ls -l dir1', [expect.stringMatching(/^-rw-r--r-- 1 0 0 +0 \d{4}-.* file001\.php$/)], []],
    ['ls -x', [], ["ls: invalid option -- 'x'", 'usage: ls [-al] [PATH…]']],
    ['echo "', [], [expect.any(String)]],
  ])(
    '%j writes results to standard output, and only messages to standard error',
    async (line, out, err) => {
      const { output } = await runtime.run(line);
      const texts = (ofErrors: boolean): string[] =>
        output.filter(({ isError }) => isError === ofErrors).map(({ text }) => text);
      expect([texts(false), texts(true)]).toEqual([out, err]);
    },
  );

  it.each([
    ['', expect.arrayContaining(['cat', 'search'])],
    ['mkdir a; se', ['search']],
    ['help ca', ['cat']],
    ['cat di', Array.from({ length: 10 }, (_, i) => `dir${i}/`)],
    ['cat dir3/', ['dir3/file003.php']],
    ['echo x > dir3/f', ['dir3/file003.php']],
    ['cat none/', []],
    ['cat "di', []],
  ])('%j is completed without counting requests', async (line, words) => {
    expect(await runtime.complete(line)).toEqual(words);
    expect((await runtime.run('help')).counters.requestCount).toBe(0);
    await runtime.run('cat none');
    await runtime.complete(line);
    expect((await runtime.run('help')).counters).toMatchObject({
      requestCount: 1,
      storageCount: 1,
    });
  });
});
