/**
 * Observed modules with large, circular or hostile state: notes stay bounded, the module unharmed.
 */
import { describe, expect, it } from 'vitest';
import { EPERM } from '../../../runtime/core/errno.ts';
import {
  hostedLanguage,
  isolatedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../../test/support/module.ts';
import { type RecordSettings, readEvents, record } from '../../../test/support/test-recordings.ts';

interface LanguageCase {
  readonly name: string;
  readonly file: string;
  /** A module that runs `init` at the start, and `access` before it fails with EPERM. */
  source(init: string, access: string): string;
  readonly cases: readonly {
    readonly what: string;
    readonly init: string;
    readonly access: string;
    readonly told: Readonly<Record<string, string>>;
  }[];
  /** Code that makes the inspection of state run without end. */
  readonly sabotage: string;
  /** Code that logs the name of the function `frame.fail`. */
  readonly looksAtFail: string;
}

const python: LanguageCase = {
  name: 'Python',
  file: 'm.py',
  source: (init, access) => `from collections import OrderedDict
from glupy import EPERM, Translator

def for_ever(*args):
    while True:
        pass

class Guarded(dict):
    __iter__ = items = keys = values = __len__ = __getitem__ = __repr__ = __str__ = for_ever

class Odd:
    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __getattribute__ = for_ever

class xlator(Translator):
    def init(self):
        ${init.replaceAll('\n', '\n        ')}

    def access(self, frame, loc, mask, xdata):
        ${access.replaceAll('\n', '\n        ')}
        frame.fail(EPERM)
`,
  cases: [
    {
      what: 'a hundred thousand entries',
      init: 'self.big = dict.fromkeys(range(100000))\nself.small = {}',
      access: 'self.big[-1] = 1\nself.small[1] = 2',
      told: { changed: 'big: 100000 → 100001 entries; small: +1=2' },
    },
    {
      what: 'a hundred thousand attributes',
      init: 'for i in range(100000): setattr(self, f"a{i}", i)',
      access: 'self.more = 1',
      told: { changed: expect.stringMatching(/^1000\d\d → 1000\d\d attributes$/) },
    },
    {
      what: 'a thousand changes',
      init: 'self.cache = {}',
      access: 'for i in range(900): self.cache[i] = i',
      told: { changed: expect.stringMatching(/^cache: \+0=0, \+1=1, .*, … 880 more$/) },
    },
    {
      what: 'circles',
      init: 'self.loop = []',
      access: 'self.loop.append(self.loop)\nframe.local = self.loop',
      told: { local: '[[[…]]]', changed: 'loop: +[0]=[[[…]]]' },
    },
    {
      what: 'huge values',
      init: 'self.number = 0\nself.text = ""',
      access: 'self.number = 1 << 10**7\nself.text = "x" * 10**7\nframe.local = b"y" * 10**7',
      told: {
        local: expect.stringMatching(/^b'y{80}'…$/),
        changed: expect.stringMatching(/^number=<int of 10000001 bits>; text='x{59}…$/),
      },
    },
    {
      what: 'classes that never answer',
      init: 'self.odd = Odd()\nself.guarded = Guarded()',
      access:
        'self.odd = Odd()\ndict.__setitem__(self.guarded, "a", Odd())\nframe.local = [Odd(), self.guarded]',
      told: { local: "[<Odd>, Guarded{'a': <Odd>}]", changed: "odd=<Odd>; guarded: +'a'=<Odd>" },
    },
    {
      what: 'an entry that is made anew',
      init: 'self.lru = OrderedDict({("d", "a"): 1, ("d", "b"): 2})',
      access:
        'self.lru.pop(("d", "a"))\nself.lru["d", "a"] = 3\nself.lru.pop(("d", "b"))\nself.lru["d", "b"] = 2',
      told: { changed: "lru: ('d', 'a')=3" },
    },
  ],
  sabotage: 'import glupy._notes\nglupy._notes.after = for_ever',
  looksAtFail: 'self.log.info("%s", frame.fail.__name__)',
};

const javascript: LanguageCase = {
  name: 'JavaScript',
  file: 'm.js',
  source: (init, access) => `import { EPERM, Translator } from 'glossa';

const forEver = () => { for (;;); };
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, forEver]));

class Guarded extends Map {
  get size() { return forEver(); }
  get() { return forEver(); }
  entries() { return forEver(); }
  [Symbol.iterator]() { return forEver(); }
}

class Odd {
  constructor() { Object.defineProperty(this, 'name', { get: forEver, enumerable: true }); }
  toString() { return forEver(); }
  toJSON() { return forEver(); }
}

export class xlator extends Translator {
  init() {
    ${init}
  }

  access(frame) {
    ${access}
    frame.fail(EPERM);
  }
}
`,
  cases: [
    {
      what: 'a hundred thousand entries',
      init: 'this.big = new Map(Array.from({ length: 100000 }, (_, i) => [i, i])); this.small = {};',
      access: 'this.big.set(-1, 1); this.small.a = 2;',
      told: { changed: 'big: 100000 → 100001 entries; small: +"a"=2' },
    },
    {
      what: 'a hundred thousand attributes',
      init: "for (let i = 0; i < 100000; i++) this['a' + i] = i;",
      access: 'this.more = 1;',
      told: { changed: '100000 → 100001 properties' },
    },
    {
      what: 'a thousand changes',
      init: 'this.cache = [];',
      access: 'for (let i = 0; i < 900; i++) this.cache.push(i);',
      told: { changed: expect.stringMatching(/^cache: \+\[0\]=0, \+\[1\]=1, .*, … 880 more$/) },
    },
    {
      what: 'circles',
      init: 'this.loop = [];',
      access: 'this.loop.push(this.loop); frame.local = this.loop;',
      told: { local: '[[[[…]]]]', changed: 'loop: +[0]=[[[[…]]]]' },
    },
    {
      what: 'huge values',
      init: "this.text = '';",
      access: "this.text = 'x'.repeat(1e6); frame.local = 'y'.repeat(1e6);",
      told: {
        local: expect.stringMatching(/^"y{199}…$/),
        changed: expect.stringMatching(/^text="x{59}…$/),
      },
    },
    {
      what: 'objects that never answer',
      init: 'this.odd = new Odd(); this.proxy = new Proxy({}, traps); this.guarded = new Guarded();',
      access: `this.odd = new Odd();
    this.proxy = Proxy.revocable(() => {}, traps).proxy;
    Map.prototype.set.call(this.guarded, 'a', this.proxy);
    frame.local = [new Odd(), this.guarded, Object.create(this.proxy)];`,
      told: {
        local: '[Odd {name: [getter]}, Guarded {"a" => [Proxy]}, {}]',
        changed: 'odd=Odd {name: [getter]}; proxy=[Proxy]; guarded: +"a"=[Proxy]',
      },
    },
  ],
  sabotage: 'Object.hasOwn = forEver;',
  looksAtFail: 'this.log.info(frame.fail.name);',
};

/** A thread sends the same bytes for both languages: one is enough. */
const ways: readonly (readonly [string, Language, readonly LanguageCase[]])[] = [
  ['here', hostedLanguage, [python, javascript]],
  ['in a thread', isolatedLanguage, [javascript]],
];

/** Records one `access`, and reads its notes. */
async function notesOf(run: RunningModule, settings: RecordSettings = {}) {
  const recording = record(run.graph, settings);
  const reply = run.ask('access', run.knownLoc('a'), 0, null);
  run.graph.observe(null);
  expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
  const bytes = recording.toBytes();
  const events = await readEvents(bytes);
  const notes = events.flatMap((event) => (event.kind === 'note' ? [event.notes] : []));
  return { notes, text: new TextDecoder().decode(bytes) };
}

describe.each(ways)('an observed module %s', (_, language, tested) => {
  for (const { file, source, cases, sabotage, looksAtFail, name } of tested) {
    const start = (init: string, access: string) =>
      startModule({ [file]: source(init, access) }, { language });

    it.each(cases)(
      `${name}: state with $what is noted in a text of limited length`,
      async ({ init, access, told }) => {
        const run = await start(init, access);
        const { notes } = await notesOf(run);
        expect(notes).toEqual([
          { method: 'access', line: expect.stringMatching(`^${file}:\\d+$`), ...told },
        ]);
        expect(run.dump()).toMatchObject({ failures: 0 });
      },
    );

    it(`${name}: redacted notes hide the contents of the module's state and frame.local`, async () => {
      const local = name === 'Python' ? "frame.local = 'secret'" : "frame.local = 'secret';";
      const state = name === 'Python' ? "self.secret = ['secret']" : "this.secret = ['secret'];";
      const run = await start(name === 'Python' ? 'pass' : '', `${local}\n${state}`);
      const { notes, text } = await notesOf(run, { redact: true });
      expect(notes).toEqual([
        {
          method: 'access',
          line: expect.stringMatching(`^${file}:`),
          local: '…',
          changed: '…',
        },
      ]);
      expect(text).not.toContain('secret');
    });

    it(`${name}: an inspection of state that never ends loses only the notes, and no request fails`, async () => {
      const run = await startModule(
        { [file]: source(sabotage, name === 'Python' ? 'pass' : '') },
        { language, options: { 'time-limit': '1' } },
      );
      expect((await notesOf(run)).notes).toEqual([]);
      expect((await notesOf(run)).notes).toEqual([]);
      expect(run.takeLines().filter((line) => line.includes('is noted no more'))).not.toEqual([]);
      expect(run.dump()).toMatchObject({ failures: 0, timeouts: 0, restarts: 0 });
    });

    it(`${name}: methods are wrapped only while an observer records`, async () => {
      const run = await start(name === 'Python' ? 'pass' : '', looksAtFail);
      const seen = () => {
        run.ask('access', run.knownLoc('a'), 0, null);
        return run.takeLines().filter((line) => /: (fail|observed)$/.test(line)).length;
      };
      const names = () => run.history.flatMap((line) => /: (fail|observed)$/.exec(line)?.[1] ?? []);
      expect(seen()).toBe(1);
      await notesOf(run);
      await notesOf(run);
      expect(seen()).toBe(3);
      expect(names()).toEqual(['fail', 'observed', 'observed', 'fail']);
    });
  }

  it("requests outside the observer's filter are not inspected", async () => {
    const run = await startModule(
      { 'm.py': python.source('pass', python.looksAtFail) },
      { language },
    );
    const recording = record(run.graph, { filter: { pids: [7] } });
    run.askAs({ pid: 6 }, 'access', run.knownLoc('a'), 0, null);
    expect(run.takeLines().join('\n')).toMatch(/: fail$/);
    run.askAs({ pid: 7 }, 'access', run.knownLoc('a'), 0, null);
    expect(run.takeLines().join('\n')).toMatch(/: observed$/);
    run.graph.observe(null);
    const events = await readEvents(recording.toBytes());
    expect(events.filter(({ kind }) => kind === 'note')).toHaveLength(1);
  });
});
