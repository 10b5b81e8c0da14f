/** Tests of dicts inside of modules: lookup, order, types and changes of many pairs. */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EIO } from '../../runtime/core/errno.ts';
import type { RunningModule } from '../support/module.ts';
import { startModule } from '../support/module.ts';

/** Modules that look a key up, set two others, and pass the dict on; the key `absent` is missing. */
const modules = {
  python: {
    'm.py': `from glupy import Translator
class xlator(Translator):
    def stat(self, frame, loc, xdata):
        assert xdata["k7"] == 7 and xdata.get("absent") is None and "absent" not in xdata
        xdata["seen"] = " ".join(xdata)
        xdata["k7"] = 8
        del xdata["k1"]
        frame.wind(loc, xdata)
    def access(self, frame, loc, mask, xdata):
        frame.wind(loc, mask, {"user.x": "a\\ud800b"})
    async def getxattr(self, frame, loc, name, xdata):
        return {"dict": {"user.x": "a\\ud800b"}}
`,
  },
  javascript: {
    'm.js': `import { Translator } from 'glossa';
export class xlator extends Translator {
  stat(frame, loc, xdata) {
    if (xdata.get('k7') !== 7 || xdata.get('absent') !== undefined || xdata.has('absent')) throw 1;
    xdata.set('seen', [...xdata.keys()].join(' '));
    xdata.set('k7', 8);
    xdata.delete('k1');
    frame.wind(loc, xdata);
  }
  access(frame, loc, mask) { frame.wind(loc, mask, { 'user.x': 'a\\ud800b' }); }
  async getxattr() { return { dict: { 'user.x': 'a\\ud800b' } }; }
}
`,
  },
};

function sendDict(run: RunningModule, dict: Dict): [string, unknown, string][] {
  run.ask('stat', run.knownLoc('a'), dict);
  const pairs: [string, unknown, string][] = [];
  const [held] = run.leaf.requests;
  (held?.args[1] as Dict | undefined)?.forEach((key, value, type) => {
    pairs.push([key, value, type]);
  });
  held?.answer(0, 0, null, null);
  return pairs;
}

describe.each(Object.entries(modules))('a dict in %s', (_language, files) => {
  it.each([10, 60])(
    'keeps order and types of %d pairs through lookups, changes and removals',
    async (count) => {
      const dict = new Dict();
      // Keys that look like numbers keep their place as well.
      for (let i = 0; i < count; i++) dict.set(i % 5 === 4 ? `${count - i}` : `k${i}`, i, 'uint');
      const keys = [...dict.keys()];
      const expected = keys
        .map((key, i): [string, unknown, string] => [key, key === 'k7' ? 8 : i, 'uint'])
        .filter(([key]) => key !== 'k1');
      const run = await startModule(files);
      expect(sendDict(run, dict)).toEqual([...expected, ['seen', keys.join(' '), 'str']]);
    },
  );

  it('is refused in a wind and in a reply for text that no bytes represent', async () => {
    const run = await startModule(files);
    run.takeLines();
    const ask = { access: [0, null], getxattr: ['user.x', null] } as const;
    for (const [fop, args] of Object.entries(ask)) {
      const reply = run.ask(fop as 'access', run.knownLoc('a'), ...(args as [number, null]));
      expect(reply, fop).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      expect(run.takeRequests(), fop).toEqual([]);
      expect(run.takeLines().join('\n'), fop).toMatch(
        /^E \[m\.(py|js):\d+:.*\["user\.x"\] has text that cannot be encoded: .* U\+D800 \(at 1\) stands/,
      );
    }
  });
});
