/** Notes that an observer records about a module's calls, in both languages and both isolations. */
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { RecordedEvent } from '../../../runtime/observe/events.ts';
import {
  hostedLanguage,
  isolatedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../../test/support/module.ts';
import { type RecordSettings, readEvents, record } from '../../../test/support/test-recordings.ts';

const PYTHON = `import asyncio
from glupy import ENOENT, Translator


class Odd:
    def __repr__(self):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


class xlator(Translator):
    def init(self):
        self.misses = {}
        self.count = 0
        self.odd = [Odd()]

    def lookup(self, frame, loc, xdata):
        if loc.name in self.misses:
            self.log.info("HIT %s", loc.name)
            return frame.fail(ENOENT)
        frame.local = {"name": loc.name, "odd": Odd()}
        self.passed(frame)

    def passed(self, frame):
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        self.misses[frame.local["name"]] = self.count
        self.count += 1
        frame.unwind(op_ret, op_errno, *reply)

    async def stat(self, frame, loc, xdata):
        reply = await self.asked(loc)
        self.seen = {loc.name}
        return reply

    async def asked(self, loc):
        return await self.child.stat(loc)

    def entry_created(self, loc):
        self.log.info("made %s", loc.name)
        self.misses.pop(loc.name)

    def access(self, frame, loc, mask, xdata):
        del self.odd[0]
        raise RuntimeError("it breaks")
`;

/** The number of the source line with this text. */
const lineIn = (source: string, text: string): number =>
  source.split('\n').findIndex((line) => line.includes(text)) + 1;

const JAVASCRIPT = `import { ENOENT, Translator } from 'glossa';

class Odd {
  get name() { throw new Error('no'); }
  toString() { throw new Error('no'); }
  toJSON() { throw new Error('no'); }
}

export class xlator extends Translator {
  misses = new Map();
  count = 0;
  odd = [new Odd()];

  lookup(frame, loc) {
    if (this.misses.has(loc.name)) {
      this.log.info('HIT %s', loc.name);
      return frame.fail(ENOENT);
    }
    frame.local = { name: loc.name, odd: new Odd() };
    this.passed(frame);
  }

  passed(frame) {
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    this.misses.set(frame.local.name, this.count);
    this.count += 1;
    frame.unwind(opRet, opErrno, ...reply);
  }

  async stat(frame, loc) {
    const reply = await this.asked(loc);
    this.seen = new Set([loc.name]);
    return reply;
  }

  async asked(loc) {
    return await this.child.stat(loc);
  }

  entryCreated(loc) {
    this.log.info('made %s', loc.name);
    this.misses.delete(loc.name);
  }

  access(frame, loc) {
    this.odd.pop();
    throw new Error('it breaks');
  }
}
`;

interface LanguageCase {
  readonly name: string;
  readonly file: string;
  readonly source: string;
  /** Expected texts: a `local`, a set with `a`, the error; the callback's name. */
  readonly local: string;
  readonly seen: string;
  readonly misses: string;
  readonly error: string;
  readonly callback: string;
  /** The expected note about the hook entry_created. */
  readonly hook: Readonly<Record<string, string>>;
  /** Source lines of the async method's await and its return. */
  readonly awaits: string;
  readonly returns: string | null;
}

const languages: readonly LanguageCase[] = [
  {
    name: 'Python',
    file: 'm.py',
    source: PYTHON,
    local: "{'name': 'a', 'odd': <Odd>}",
    seen: "{'a'}",
    misses: "+'a'=0",
    error: 'RuntimeError: it breaks',
    callback: 'lookup_cbk',
    hook: { method: 'entry_created', changed: "misses: -'a'" },
    awaits: 'return await self.child.stat',
    returns: 'return reply',
  },
  {
    name: 'JavaScript',
    file: 'm.js',
    source: JAVASCRIPT,
    local: '{name: "a", odd: Odd {}}',
    seen: 'Set {"a"}',
    misses: '+"a"=0',
    error: 'Error: it breaks',
    callback: 'lookupCbk',
    hook: { method: 'entryCreated', changed: 'misses: -"a"' },
    awaits: 'return await this.child.stat',
    returns: null,
  },
];
const ways: readonly (readonly [string, Language])[] = [
  ['here', hostedLanguage],
  ['in a thread', isolatedLanguage],
];

/** Notes and log lines in order, each with the fop it belongs to. */
function told(events: readonly RecordedEvent[]): unknown[] {
  const fops = new Map<number, string>();
  return events.flatMap((event) => {
    if (event.kind === 'wind') fops.set(event.hop, event.fop);
    if (event.kind === 'note') return [[fops.get(event.hop), event.notes]];
    if (event.kind !== 'log' || event.volume !== 'top') return [];
    return [[fops.get(event.hop), event.text.split('\n')[0]]];
  });
}

async function observed(
  run: RunningModule,
  what: () => void,
  settings: RecordSettings = {},
): Promise<unknown[]> {
  const recording = record(run.graph, settings);
  what();
  run.graph.observe(null);
  return told(await readEvents(recording.toBytes()));
}

for (const { name, file, source, ...says } of languages) {
  const at = (text: string) => `${file}:${lineIn(source, text)}`;
  describe.each(ways)(`${name} %s`, (_, language) => {
    const start = () => startModule({ [file]: source }, { language });
    const miss = (run: RunningModule, absent: string) => {
      run.ask('lookup', run.absentLoc(absent), null);
      run.takeRequests()[0]?.answer(-1, ENOENT, null, null, null, null);
    };

    it('notes of a request name the method, line, frame.local and changed state, and include its log lines', async () => {
      const run = await start();
      const notes = await observed(run, () => {
        miss(run, 'a');
        miss(run, 'a');
      });
      expect(notes).toEqual([
        ['lookup', { method: 'lookup', line: at('frame.wind()'), local: says.local }],
        [
          'lookup',
          {
            method: says.callback,
            line: at('frame.unwind('),
            local: says.local,
            changed: `misses: ${says.misses}; count=1`,
          },
        ],
        ['lookup', 'HIT a'],
        ['lookup', { method: 'lookup', line: at('return frame.fail') }],
      ]);
      run.expectSettled();
    });

    it('notes of an async method give the line that awaits and the line that returned', async () => {
      const run = await start();
      const notes = await observed(run, () => {
        run.ask('stat', run.knownLoc('a'), null);
        run.takeRequests()[0]!.answer(0, 0, null, null);
      });
      expect(notes).toEqual([
        ['stat', { method: 'stat', line: at(says.awaits) }],
        [
          'stat',
          {
            method: 'stat',
            ...(says.returns === null ? {} : { line: at(says.returns) }),
            changed: `+seen=${says.seen}`,
          },
        ],
      ]);
    });

    it('notes of a create include the hook entry_created', async () => {
      const run = await start();
      miss(run, 'a');
      const notes = await observed(run, () => {
        run.ask('mkdir', run.absentLoc('a'), 0o755, 0, null);
        run.takeRequests()[0]!.answer(0, 0, null, null, null, null, null);
      });
      expect(notes).toEqual([
        ['mkdir', 'made a'],
        ['mkdir', says.hook],
      ]);
    });

    it('notes of a failing method follow its logged error', async () => {
      const run = await start();
      const notes = await observed(run, () => {
        run.ask('access', run.knownLoc('a'), 0, null);
      });
      expect(notes).toEqual([
        ['access', `access failed: ${says.error}`],
        ['access', { method: 'access', changed: 'odd: -[0]' }],
      ]);
    });
  });
}
