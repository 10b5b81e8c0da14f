/** Wrong orders and options of performance/: the report of `glossa check`, and replies with limits of zero. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../test/support/cli.ts';
import { withScratch } from '../../../test/support/mount.ts';
import { anyHistories, World } from '../../../test/support/performance.ts';
import { performanceStack } from '../../../test/support/performance-stack.ts';

type Options = Readonly<Record<string, string>>;
type Layer = readonly [type: string, options?: Options];

/** From the storage up, as glusterd stacks them. */
const ORDER = performanceStack.map(({ translator }) => translator.type);
/** The caches: io-threads passes every fop, so its place and number do not matter. */
const KEEPING = ORDER.filter((type) => type !== 'performance/io-threads');

/** Checks a volfile with these volumes, from the storage up. */
async function check(layers: readonly Layer[]): Promise<{ status: number; said: string }> {
  const volumes = layers.map(([type, options = {}], at) => {
    const lines = Object.entries(options).map(([key, value]) => `    option ${key} ${value}\n`);
    const below = at === 0 ? 'disk' : `v${at - 1}`;
    return `volume v${at}\n    type ${type}\n${lines.join('')}    subvolumes ${below}\nend-volume\n`;
  });
  const text = `volume disk\n    type storage/memory\nend-volume\n${volumes.join('')}`;
  let outcome = { status: -1, said: '' };
  await withScratch(async (scratch) => {
    const { status, out, err } = await runCommand([
      'check',
      await scratch.writeFile('s.vol', text),
    ]);
    outcome = { status, said: `${out}${err}`.replaceAll(/\s+/g, ' ') };
  });
  return outcome;
}

describe('glossa check', () => {
  it("reports no problem for glusterd's order, nor for two volumes of io-threads", async () => {
    const threads: Layer = ['performance/io-threads'];
    const { status, said } = await check([threads, ...ORDER.map((type): Layer => [type])]);
    expect(status).toBe(0);
    expect(said).toContain('no problems');
  });

  it.each([
    ['write-behind', 'md-cache', 'writes are answered there without attributes'],
    ['open-behind', 'quick-read', 'what is read from memory need not be opened'],
    ['read-ahead', 'io-cache', 'what is in memory need not be read ahead'],
  ])('warns with the reason when %s is above %s', async (above, below, why) => {
    const { status, said } = await check([[`performance/${below}`], [`performance/${above}`]]);
    expect(status).toBe(0);
    expect(said).toContain(
      `warning: volume 'v1' (performance/${above}): it belongs below 'v0' (performance/${below}): ${why}`,
    );
    expect(said).toContain('1 warning');
  });

  it.each(KEEPING)('warns that a second volume of %s is useless', async (type) => {
    const { status, said } = await check([[type], ['performance/io-threads'], [type]]);
    expect(status).toBe(0);
    expect(said).toContain(
      `warning: volume 'v2' (${type}): it is over 'v0', which is of the same type: one is enough`,
    );
  });

  it.each(KEEPING)('warns of an unknown option of %s and exits 0', async (type) => {
    const { status, said } = await check([[type, { 'of-a-newer-release': 'on' }]]);
    expect(status).toBe(0);
    expect(said).toContain(`volume 'v0' (${type}): option 'of-a-newer-release' is not known here`);
    expect(said).toContain('1 warning');
  });

  // GlusterFS refuses these, too.
  it.each<readonly [string, Options, RegExp]>([
    ['io-cache', { 'min-file-size': '4KB' }, /min-file-size \(4096 bytes\) is more than max-file/],
    [
      'write-behind',
      { 'aggregate-size': '1MB', 'window-size': '512KB' },
      /aggregate-size \(1048576 bytes\) is larger than cache-size/,
    ],
    ['write-behind', { 'cache-size': '0' }, /cache-size/],
    ['write-behind', { 'aggregate-size': '0' }, /aggregate-size/],
    ['io-cache', { 'cache-size': '0' }, /cache-size/],
    ['io-cache', { 'cache-size': '100TB' }, /cache-size \(\d+ bytes\) is more than this machine/],
    ['quick-read', { 'cache-size': '100TB' }, /cache-size \(\d+ bytes\) is more than this machine/],
    ['io-cache', { 'cache-timeout': '61' }, /cache-timeout/],
    ['read-ahead', { 'page-count': '0' }, /page-count/],
    ['read-ahead', { 'page-size': '0' }, /page-size/],
    ['readdir-ahead', { 'rda-request-size': '0' }, /rda-request-size/],
    ['md-cache', { 'md-cache-timeout': '601' }, /md-cache-timeout/],
    ['md-cache', { 'md-cache-timeout': '-1' }, /md-cache-timeout/],
  ])('refuses %s with %o and exits 1', async (type, options, why) => {
    const { status, said } = await check([[`performance/${type}`, options]]);
    expect(said).toMatch(why);
    expect(status, said).toBe(1);
  });
});

/** Limits that may be zero. */
const ZEROS: readonly (readonly [type: string, options: Options])[] = [
  ['io-cache', { 'cache-timeout': '0' }],
  ['quick-read', { 'cache-size': '0' }],
  ['quick-read', { 'max-file-size': '0' }],
  ['quick-read', { 'cache-timeout': '0' }],
  ['nl-cache', { 'nl-cache-limit': '0' }],
  ['nl-cache', { 'nl-cache-timeout': '0' }],
  ['md-cache', { 'md-cache-timeout': '0' }],
  ['readdir-ahead', { 'rda-low-wmark': '0', 'rda-high-wmark': '0' }],
  ['readdir-ahead', { 'rda-cache-limit': '0' }],
];

it.each(ZEROS)('%s with %o never returns an outdated reply', async (name, options) => {
  const { translator } = performanceStack.find(({ translator: { type } }) => type.endsWith(name))!;
  expect(await check([[translator.type, options]])).toMatchObject({ status: 0 });
  await fc.assert(
    fc.asyncProperty(anyHistories(), async (steps) => {
      const stack = [{ translator, options }];
      const world = await World.start({ stack, tells: true, timeoutMs: 600_000 });
      for (const step of steps) world.step(step);
      world.settle();
    }),
    { numRuns: 10 },
  );
});
