/**
 * Tests of a Python module's declarations, options and methods: warnings about likely mistakes, and
 * none about valid names.
 */
import { describe, expect, it } from 'vitest';
import { makeModuleGraph, startModule } from '../../support/module.ts';
import { rows } from '../../support/rows.ts';
import { takeTexts } from '../bridge/requests.ts';

const HEAD = 'from glupy import *\n\n';

describe('a declaration of options', () => {
  it('is refused with the line of each fault and the accepted values', async () => {
    const source = `${HEAD}class xlator(Translator):
    options = {
        "a": Option.int("five"),
        "b": Option.size("1 MB"),
        "c": Option.time(0.5),
        "d": Option.int(11, max=10),
        "e": Option.str("x", values=["one", "two"]),
        "f": Option.str("x", values="xyz"),
        "g": Option.str(5),
        "h": Option.int([1, 2]),
        "i": Option.float(float("nan")),
        "j": Option.bool("maybe"),
        "k": Option.path("relative"),
        "l": Option.percent(101),
        "m": Option.int(True),
        "n": Option.int(min=3, max=2),
        "o": Option(type="int", maximum=3),
        "p": Option.size(min="much"),
        "q r": Option.int(1),
        "s": Option.int(1, help=7),
        "t": Option.int({}),
        "u": Option.int(2**60),
        "v": Option.str("", values=["one"]),
    }
`;
    const run = makeModuleGraph({ 'm.py': source });
    const problems = (await run.findStartProblems()).map((line) =>
      line.replace(/^.*\/(?=m\.py)/, ''),
    );
    expect(problems).toEqual([
      "m.py:5: option 'a': its default 'five' is not a whole number; it takes a whole number",
      expect.stringMatching(
        /^m\.py:6: option 'b': its default '1 MB' is not a size; it takes a size /,
      ),
      expect.stringMatching(
        /^m\.py:7: .*default 0\.5 is not a time \(fractions are not possible\); it/,
      ),
      expect.stringMatching(/^m\.py:8: .*default 11 is above the maximum; it takes .* at most 10$/),
      expect.stringMatching(
        /^m\.py:9: .*default 'x' is not among its values; it takes one of one, two/,
      ),
      "m.py:10: option 'f': its values 'xyz' is not a list of texts",
      "m.py:11: option 'g': its default 5 is of another kind; it takes a text",
      "m.py:12: option 'h': its default [1,2] is of another kind; it takes a whole number",
      "m.py:13: option 'i': its default nan is of another kind; it takes a number",
      expect.stringMatching(
        /^m\.py:14: .*default 'maybe' is neither on nor off; it takes on or off/,
      ),
      expect.stringMatching(
        /^m\.py:15: .*default 'relative' is not accepted; it takes an absolute/,
      ),
      expect.stringMatching(/^m\.py:16: .*default 101 is above 100 percent/),
      "m.py:17: option 'm': its default true is of another kind; it takes a whole number",
      "m.py:18: option 'n': its min is above its max",
      "m.py: option 'o': it has no 'maximum'; it may have default, min, max, help, reconfigurable",
      expect.stringMatching(/^m\.py:20: option 'p': its min 'much' is not a size; it takes a size/),
      "m.py:21: option 'q r': a volfile cannot name it: a key has no blanks",
      "m.py:22: option 's': its help 7 is not a text",
      "m.py:23: option 't': its default {} is of another kind; it takes a whole number",
      expect.stringMatching(/^m\.py:24: .*is too large to be exact/),
      expect.stringMatching(/^m\.py:25: option 'v': its default '' is not among its values/),
    ]);
  });

  it('has its defaults parsed like values in a volfile', async () => {
    const source = `${HEAD}class xlator(Translator):
    options = {
        "a": Option.size("1MB", max="2MB"),
        "b": Option.time("1m"),
        "c": Option.int("0x10"),
        "d": Option.bool("off"),
        "e": Option.percent("5%"),
        "f": Option.float("1e-3"),
        "g": Option.str(""),
        "h": Option.int(3.0),
    }
    def init(self):
        self.log.info("%r", list(self.options.values()))
`;
    const run = await startModule({ 'm.py': source });
    expect(takeTexts(run)).toContain("[1048576, 60, 16, False, 5, 0.001, '', 3]");
  });
});

describe('a declaration in a Python module', () => {
  it('causes a warning with the likely name when it is a method that glossa never calls', async () => {
    const source = `${HEAD}class Base(Translator):
    def wrtiev(self, *args): pass
    def get_xattr(self, *args): pass

class xlator(Base):
    def lokup(self, *args): pass
    def Lookup(self, *args): pass
    def lookup_cb(self, *args): pass
    def lookup_fop(self, *args): pass
    def lookupCb(self, *args): pass
    async def copyFileRange(self, *args): pass
    def entryCreated(self, loc): pass
    def Init(self): self.Init = None
    def read(self, *args): open("a").read()
    def getattr_cbk(self, *args): pass
    def something_cbk(self, *args): pass
    def stat_cancel(self, *args): pass
    def on_unlink(self, *args): pass
    def disconnect(self, client): pass
    def client_destroy(self, client): pass
`;
    const run = await startModule({ 'm.py': source });
    const warned = run.takeLines().filter((line) => line.startsWith('W '));
    const formatWarning = (line: number, name: string, text: string): string =>
      `W [m.py:${line}:${name}] 0-top: ${name} ${text}`;
    const formatLikely = (line: number, name: string, likelyName: string): string =>
      formatWarning(
        line,
        name,
        `is no fop or hook, and is never called (did you mean '${likelyName}'?)`,
      );
    expect(warned.sort()).toEqual(
      [
        formatLikely(4, 'wrtiev', 'writev'),
        formatLikely(5, 'get_xattr', 'getxattr'),
        formatLikely(8, 'lokup', 'lookup'),
        formatLikely(9, 'Lookup', 'lookup'),
        formatLikely(10, 'lookup_cb', 'lookup_cbk'),
        formatLikely(11, 'lookup_fop', 'lookup'),
        formatLikely(12, 'lookupCb', 'lookup_cbk'),
        formatLikely(13, 'copyFileRange', 'copy_file_range'),
        formatLikely(14, 'entryCreated', 'entry_created'),
        formatLikely(16, 'read', 'readv'),
        formatLikely(17, 'getattr_cbk', 'stat_cbk'),
        formatWarning(18, 'something_cbk', 'is the callback of no fop, and is never called'),
        formatWarning(19, 'stat_cancel', 'is never called: there is no stat'),
        formatLikely(20, 'on_unlink', 'unlink'),
        formatLikely(21, 'disconnect', 'client_disconnect'),
        formatLikely(22, 'client_destroy', 'client_disconnect'),
      ].sort(),
    );
  });

  it('causes a warning with its line when glossa never calls or reads it', async () => {
    const source = `${HEAD}def mkdir(self, frame, *args): frame.wind()
def init(self): pass
class Other(Translator):
    def rmdir(self, frame, *args): frame.wind()
class xlator(Translator):
    """
    def fsync(self, frame, fd, datasync, xdata): of an example
    """
    Options = {"a": Option.int(1)}
    limit = Option.int(5)
    observe = True
    def notify(self, event):
        def unlink(self, frame, loc, xflag, xdata): frame.wind()
        self.observes = True
    def lookup(self, frame, *args): frame.fail(1)
    def stat(self, frame, xdata, loc): frame.wind()
    def lookup(self, frame, loc, xdata): frame.wind()
    def lookup_cbk(self, frame, op_ret, op_errno, inode, buf, postparent, xdata):
        frame.unwind(op_ret, op_errno, inode, buf, xdata, postparent)
`;
    const run = await startModule({ 'm.py': source });
    const warned = run.takeLines().filter((line) => line.startsWith('W '));
    const away = "is no method of the translator's class, and is never called";
    expect(warned.map((line) => line.replace(/^W \[m\.py:(\d+):.*?\] 0-top: /, '$1 '))).toEqual([
      `3 mkdir ${away}`,
      `6 rmdir ${away}`,
      `15 unlink ${away}`,
      '17 lookup is defined once more in line 19, and that one counts',
      `4 init ${away}`,
      '16 observes belongs to the class: what an instance is given is never read',
      "11 Options is never read (did you mean 'options'?)",
      '12 limit is no option: options = {…} of the class names all of them',
      "13 observe is never read (did you mean 'observes'?)",
      "18 stat is called with (frame, loc, xdata): its 'xdata' gets the loc",
      '20 lookup_cbk is called with (frame, op_ret, op_errno, inode, buf, xdata, postparent): ' +
        "its 'postparent' gets the xdata",
    ]);
  });

  it.each(rows`
observes is no bool ⇒     observes = "no" ⇒ m\.py: observes must be True or False, not 'no'
a fop yields ⇒     def stat(self, frame, *args): yield ⇒ m\.py:5: stat has a yield in it
a fop is a value ⇒     stat = 5 ⇒ stat is a fop's and must take .*: it is no method, but 5
self is missing ⇒     def stat(frame, loc, xdata): pass
  ⇒ : \/\S+m\.py:5: stat is a fop's and must take \(self, .*\), not \(frame, loc, xdata\)
`)('prevents the start when %s', async (_, body, message) => {
    const source = `${HEAD}class xlator(Translator):\n    pass\n${body}\n`;
    await expect(startModule({ 'm.py': source })).rejects.toThrow(new RegExp(message));
  });

  it('causes no warning when it is private or the module itself uses it', async () => {
    const lib = `from glupy import Translator
class Base(Translator):
    def start(self): self.flushed()
    def flushed(self): pass
    def linked(self): pass
def tell(translator): translator.opened()
def setup(translator): translator.start()
`;
    const source = `import lib
from functools import wraps
from glupy import Option
def logged(f):
    @wraps(f)
    def inner(*args): return f(*args)
    return inner
def mark(f): return f
class xlator(lib.Base):
    _lokup = None
    def _readv(self): pass
    def flushed(self): pass
    def opened(self): pass
    def linked(self): pass
    def writes(self): pass
    @logged
    def lokup(self): pass
    @mark
    def Lookup(self): pass
    @property
    def stats(self): return 1
    @staticmethod
    def reads(): pass
    def lookup_cb(self, frame, *reply): frame.unwind(*reply)
    def stat_cb(self, frame, *reply): frame.unwind(*reply)
    def access(self, frame, *args): frame.wind(cbk=self.lookup_cb)
    access_cbk = stat_cb
    def init(self):
        this = self
        this.writes(); this.start()
        self.table = {"unlnk": getattr(self, "unlnk")}
    def unlnk(self): pass
    def helper(self): pass
    def start(self): pass
    option = Option.int(5)
    options = {"limit": option}
    def fsync(self, frame, datasync_, *more): frame.wind()
class Recorder:
    def lookup(self, frame, loc): pass
    def init(self): pass
def refuse(self, frame, *args): frame.fail(1)
def mkdir(self, frame, *args): frame.fail(1)
for name in ("rmdir", "unlink"): setattr(xlator, name, refuse)
xlator.mkdir = mkdir
recorder = Recorder()
recorder.lookup
`;
    const run = await startModule({ 'm.py': source, 'lib.py': lib });
    expect(run.takeLines().filter((line) => line.startsWith('W '))).toEqual([]);
  });
});
