import { describe, expect, it } from 'vitest';
import { koffiPath } from '../runtime/sys/koffi.ts';
import { FakeTerminal, runCommand } from '../test/support/cli.ts';
import { GLOSSA, run, withScratch } from '../test/support/mount.ts';
import { printReach } from './reach-table.ts';

/** The package through which libc is called. */

const good = `volume mem
    type storage/memory
end-volume
`;

const bad = `volume mem
    type storage/memroy
end-volume
volume neg
    type features/negative
    option tiemout 3
    subvolumes mem
end-volume
`;

/** Checks a volfile of this text; its path in the output is FILE. */
const check = async (text: string, args: string[] = [], terminal = new FakeTerminal()) => {
  let outcome = { status: -1, out: '', err: '' };
  await withScratch(async (scratch) => {
    const file = await scratch.writeFile('test.vol', text);
    const { status, out, err } = await runCommand(['check', file, ...args], terminal);
    outcome = { status, out: out.replaceAll(file, 'FILE'), err: err.replaceAll(file, 'FILE') };
  });
  return outcome;
};

describe('glossa check', () => {
  it('finds no problems in a correct volfile, and ends with status 0', async () => {
    expect(await check(good)).toEqual({
      status: 0,
      out: 'FILE: 1 volume, the top is mem (storage/memory): no problems\n',
      err: '',
    });
  });

  it('warns of a brick whose options admit no client, and refuses one whose certificate is missing', async () => {
    const brick = (option: string) =>
      `${good}volume server\n    type protocol/server\n${option}    subvolumes mem\nend-volume\n`;
    const warning =
      "no client may use the brick 'mem': 'option auth.addr.mem.allow 127.0.0.1' admits those of this machine";
    const { status, out } = await check(brick(''));
    expect([status, out]).toEqual([0, expect.stringContaining(warning)]);
    expect(await check(brick(''), ['--strict'])).toMatchObject({ status: 1 });
    for (const option of ['auth.addr.mem.allow 127.0.0.1', 'auth.ssl-allow *'])
      expect((await check(brick(`    option ${option}\n`))).out).toMatch(/no problems\n$/);
    const [on, cert] = ['enabled on', 'own-cert /none'].map(
      (end) => `option transport.socket.ssl-${end}\n`,
    );
    expect((await check(brick(`${on}${cert}`))).out).toContain('ssl-own-cert: ENOENT');
  });

  it('shows each problem with its line', async () => {
    expect(await check(bad)).toEqual({
      status: 1,
      out: `FILE:2:10: error: volume 'mem': unknown type 'storage/memroy'
      type storage/memroy
           ^^^^^^^^^^^^^^
  hint: did you mean 'storage/memory'?
FILE:6:12: warning: volume 'neg' (features/negative): option 'tiemout' is not known here (did you mean 'timeout'?)
      option tiemout 3
             ^^^^^^^

FILE: 1 error, 1 warning
`,
      err: '',
    });
  });

  it.each(['check', 'graph'])('%s of a missing module says that it is missing', async (name) => {
    const outcome = { status: 1, out: '', err: 'glossa: m.py is not there\n' };
    expect(await runCommand([name, 'm.py'])).toEqual(outcome);
  });

  it('treats a warning as an error with --strict', async () => {
    const text = good.replace('end', '    option colour red\nend');
    expect(await check(text)).toMatchObject({ status: 0 });
    expect(await check(text, ['--strict'])).toMatchObject({ status: 1 });
  });

  it('checks the options that are given by --xlator-option', async () => {
    expect(await check(good, ['--xlator-option', 'mem.size=1MB'])).toMatchObject({ status: 0 });
    const { status, out } = await check(good, ['--xlator-option', 'mem.size=huge']);
    expect(status).toBe(1);
    expect(out).toMatch("--xlator-option:1:10: error: volume 'mem' (storage/memory): ");
  });

  it('runs the shell commands in a volfile only with --allow-shell', async () => {
    const text = good.replace('storage/memory', '`echo storage/memory`');
    expect(await check(text)).toMatchObject({ status: 1 });
    expect(await check(text, ['--allow-shell'])).toMatchObject({ status: 0 });
    const { status, out } = await check(text.replace('echo', 'exit 3;'), ['--allow-shell']);
    expect(status).toBe(1);
    expect(out).toMatch('exited with status 3');
  });

  it('prints what volumes and server reach with --reach, escape characters as text', async () => {
    const posix = good.replace('memory', 'posix\n    option directory /tmp');
    const table = (await check(posix, ['--reach'])).out;
    expect(table).toMatch(
      /^path or address +how +volume +option\n\/tmp +read, write +mem +direct/m,
    );
    expect(table).toMatch(/ +read +- +volfile$/m);
    const { reach } = JSON.parse((await check(posix, ['--reach', '--json'])).out).files[0];
    const access = ['read', 'write'] as const;
    const row = { target: '/tmp', access, volume: 'mem', option: 'directory' };
    expect(reach[0]).toEqual(row);
    const terminal = new FakeTerminal();
    printReach([{ ...row, target: '/\x1b[2J' }], terminal);
    expect(terminal.outText).not.toContain('\x1b');
    expect((await check(bad, ['--reach', '--json'])).out).not.toContain('"reach"');
  });

  it('prints the problems as JSON with --json', async () => {
    const { status, out } = await check(bad, ['--json']);
    expect(status).toBe(1);
    const bare = { ok: false, files: [{ ok: false, problems: [{}, {}] }] };
    expect(JSON.parse(out)).toMatchObject(bare);
    expect(JSON.parse(out).files[0]).toEqual({
      file: 'FILE',
      ok: false,
      problems: [
        {
          severity: 'error',
          code: 'unknown-type',
          file: 'FILE',
          line: 2,
          column: 10,
          length: 14,
          message: "volume 'mem': unknown type 'storage/memroy'",
          hint: "did you mean 'storage/memory'?",
        },
        expect.objectContaining({ severity: 'warning', code: 'unknown-option', line: 6 }),
      ],
    });
    expect(JSON.parse((await check(good, ['--json'])).out)).toEqual({
      ok: true,
      files: [{ file: 'FILE', ok: true, problems: [] }],
    });
  });

  it('ends with the worst status of several files', () =>
    withScratch(async (scratch) => {
      const [fine, wrong] = [
        await scratch.writeFile('a.vol', good),
        await scratch.writeFile('b.vol', bad),
      ];
      const { status, out } = await runCommand(['check', fine, wrong, fine]);
      expect(status).toBe(1);
      expect(out.match(/^\S*(a\.vol: 1 vol|b\.vol:2:10: error|b\.vol: 1 error)/gm)).toHaveLength(4);
      expect((await runCommand(['check', fine, fine])).status).toBe(0);
      const absent = await runCommand(['check', scratch.at('absent.vol'), fine]);
      expect(absent).toMatchObject({ status: 1, out: expect.stringContaining('no problems') });
      expect(absent.err).toMatch(/^glossa: cannot read the volfile .*absent\.vol: No such file/);
      const module = await runCommand(['check', '--json', wrong, 'm.py', fine]);
      expect(module.status).toBe(1);
      expect(JSON.parse(module.out)).toMatchObject({
        ok: false,
        files: [
          { file: wrong, ok: false, problems: [{}, {}] },
          { file: 'm.py', ok: false, error: 'm.py is not there' },
          { file: fine, ok: true },
        ],
      });
      expect((await runCommand(['check'])).status).toBe(2);
    }));

  it('reads a volfile from standard input for -, and resolves its paths from the current folder', () =>
    withScratch(async (scratch) => {
      const piped = (text: string) =>
        run(scratch, 'sh', [
          '-c',
          'printf %s "$0" | "$@"',
          text,
          process.execPath,
          GLOSSA,
          'check',
          '-',
        ]);
      const posix = good.replace('storage/memory', 'storage/posix\n    option directory data');
      const absent = await piped(posix);
      expect(absent.status).toBe(1);
      expect(absent.out).toMatch(
        /^<stdin>:3:\d+: error: volume 'mem' \(storage\/posix\): directory/,
      );
      expect(absent.out).toContain(scratch.at('data'));
      await scratch.makeFolder('data');
      expect(await piped(posix)).toMatchObject({
        status: 0,
        out: '<stdin>: 1 volume, the top is mem (storage/posix): no problems\n',
      });
      expect((await piped('')).out).toContain('<stdin>:1:1: error: the file has no volume');
    }));

  it('prints only errors with --quiet', async () => {
    expect(await check(good, ['-q'])).toEqual({ status: 0, out: '', err: '' });
    const { status, out } = await check(bad, ['-q']);
    expect(status).toBe(1);
    expect(out).toContain('FILE:2:10: error');
    expect(out).not.toMatch(/warning|1 error/);
  });

  it('colours its output on a terminal', async () => {
    const { out } = await check(bad, [], new FakeTerminal({ colour: true }));
    expect(out).toMatch('\x1b[1;31merror:\x1b[0m');
    expect(out).toMatch(
      '\x1b[1m\x1b[31m1 error\x1b[39m\x1b[22m, \x1b[1m\x1b[35m1 warning\x1b[39m\x1b[22m',
    );
  });

  it('prints the reason why a volfile cannot be read, and ends with status 1', async () => {
    await withScratch(async (scratch) => {
      await scratch.writeFile('test.vol', good);
      const tset = scratch.at('tset.vol');
      expect(await runCommand(['check', tset])).toEqual({
        status: 1,
        out: '',
        err:
          `glossa: cannot read the volfile ${tset}: No such file or directory` +
          " (did you mean 'test.vol'?)\n",
      });
      expect((await runCommand(['check', scratch.path])).err).toBe(
        `glossa: cannot read the volfile ${scratch.path}: it is a directory, and no file\n`,
      );
      const nowhere = scratch.at('no', 'test.vol');
      expect((await runCommand(['check', nowhere])).err).toBe(
        `glossa: cannot read the volfile ${nowhere}: No such file or directory\n`,
      );
    });
  });
});

describe('options of GlusterFS that have no effect in glossa', () => {
  const volfile = (dht: string, client = ''): string =>
    `volume one
    type protocol/client
    option remote-host host
    option remote-subvolume /brick
    option transport.address-family inet
    option transport.tcp-user-timeout 0
    option transport.socket.keepalive-time 20
    option transport.socket.keepalive-interval 2
    option transport.socket.keepalive-count 9
    ${client}
end-volume
volume dht
    type cluster/distribute
    option lock-migration off
    option force-migration off
    ${dht}
    subvolumes one
end-volume
`;

  it('cause no warning with the values that glusterd writes', async () => {
    const { status, out } = await check(volfile(''), ['--strict']);
    expect(status).toBe(0);
    expect(out).toContain('no problems');
  });

  it.each([
    ['option rebal-throttle aggressive', '', "16:27: warning: volume 'dht'", 'rebal-throttle'],
    ['option rebalance-cmd 1', '', "16:26: warning: volume 'dht'", 'rebalance-cmd'],
    ['option use-readdirp no', '', "16:25: warning: volume 'dht'", 'use-readdirp'],
    [
      '',
      'option transport.tcp-user-timeout 30',
      "10:39: warning: volume 'one'",
      'transport.tcp-user-timeout',
    ],
  ])(
    'cause a warning with a value that glusterd does not write: %s%s',
    async (dht, client, place, key) => {
      const { status, out } = await check(volfile(dht, client));
      expect(status).toBe(0);
      expect(out).toContain(`FILE:${place}`);
      expect(out).toContain(`option '${key}' has no effect here`);
    },
  );
});

it('loads no libc for volumes of storage and caches, as that takes longer than the check', async () => {
  await withScratch(async (scratch) => {
    const file = await scratch.writeFile(
      'stack.vol',
      `volume files
    type storage/posix
    option directory .
end-volume
volume absent-names
    type features/negative
    subvolumes files
end-volume
volume attributes
    type performance/md-cache
    subvolumes absent-names
end-volume
`,
    );
    const hook = await scratch.writeFile(
      'hook.cjs',
      "process.on('exit', () => console.log(process.report.getReport().sharedObjects.join('\\n')));\n",
    );
    const checkWith = async (...flags: string[]): Promise<string> => {
      const args = ['--require', hook, ...flags, GLOSSA, 'check', file];
      return (await run(scratch, process.execPath, args)).out;
    };
    const loaded = await checkWith();
    expect(loaded).toContain(
      '3 volumes, the top is attributes (performance/md-cache): no problems',
    );
    expect(loaded).not.toContain('koffi');
    expect(await checkWith('--require', koffiPath)).toContain('koffi');
  });
});
