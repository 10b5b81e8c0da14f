/** Tests of Python 2 in a module: the message names the line and the correction. */
import { describe, expect, it } from 'vitest';
import { makeModuleGraph, startModule } from '../support/module.ts';
import { takeTexts } from './bridge/requests.ts';

async function refusal(source: string): Promise<string> {
  const [problem] = await makeModuleGraph({ 'm.py': source }).findStartProblems();
  return problem!.split('\n')[0]!;
}

const REFUSED = [
  ['print "a"', 'print is a function: write print(...)'],
  ['print 1, 2', 'print is a function: write print(...)'],
  ['print >>f, "a" % 1, 07', 'write print(..., file=f)'],
  ['raise ValueError, "m"', 'write raise X("message")'],
  ['exec "a = 1"', 'exec is a function: write exec(code, names)'],
  ['a = `1`', 'write repr(x) for `x`'],
  ['a = 1 <> 2', 'write != for <>'],
  ['a = 0777', 'write octal numbers as 0o777'],
  ['a = 10L', 'write whole numbers without an L'],
  ["a = ur'x'", "write r'...' for ur'...'"],
  ['def f(a, (b, c)): pass', 'a parameter cannot be a tuple: take it apart inside'],
  ['a = lambda (b, c): b', 'a parameter cannot be a tuple: take it apart inside'],
  ['if 1:\n\tif 2:\n        pass\n', 'indent by tabs or by blanks, not by both'],
  ['a = = 1', ''],
] as const;

const FAILING = [
  ['{}.has_key(1)', 'write key in d'],
  ['{}.iteritems()', 'write d.items()'],
  ['unicode("a")', 'write str'],
  ['xrange(1)', 'write range'],
  ['long(1)', 'write int'],
  ['sys.maxint', 'write sys.maxsize'],
  ['{1: 2}.keys()[0]', 'write list(d.keys())'],
  ['map(str, [1])[0]', 'write list(map(...))'],
  ['iter([]).next()', 'write next(x)'],
  [
    'print("{}"\n              "{}").format(1)',
    'the brackets belong to print: write print((...).format(...))',
  ],
  ['print("{}").format(1)', 'the brackets belong to print: write print((...).format(...))'],
  ['print >>sys.stderr, "a"', 'write print(..., file=f)'],
  ['"{:s}".format(None)', 'write {!s} for {:s}: None has no format'],
  ['import Queue', 'write queue'],
  ['import nothing_such', ''],
  ['nothing_such', ''],
  ['None.format()', ''],
  ['1 / 0', ''],
] as const;

const formatAdvice = (text: string): string =>
  text && `Python 2: ${text}; \`2to3 -w FILE\` changes most of these`;

describe('advice about Python 2', () => {
  it('names the Python 3 form of each Python 2 construct', async () => {
    const run = await startModule({
      'm.py': `import sys
from glupy import Translator
from glupy._hints import hint

def refused(source):
    compile(source, "m2.py", "exec")

${FAILING.map(([code], at) => `def f${at}(): ${code}`).join('\n')}

calls = [(refused, source) for source in ${JSON.stringify(REFUSED.map(([source]) => source))}]
calls += [(f,) for f in (${FAILING.map((_, at) => `f${at}`).join(', ')})]
for f, *args in calls:
    try:
        f(*args)
    except Exception as error:
        print("advice:" + hint(error))

class xlator(Translator): pass
`,
    });
    const advice = takeTexts(run).filter((text) => text.startsWith('advice:'));
    const expected = [...REFUSED, ...FAILING].map(([code, text]) => [
      code,
      `advice:${formatAdvice(text)}`,
    ]);
    expect([...REFUSED, ...FAILING].map(([code], at) => [code, advice[at]])).toEqual(expected);
  });

  it('stands in the error message of a module that does not compile', async () => {
    const text = await refusal('a = 1\nprint "a"\n');
    expect(text).toMatch(/m\.py:2: SyntaxError: Missing parentheses/);
    expect(text).toContain(`(${formatAdvice('print is a function: write print(...)')})`);
    expect(await refusal('a = 1\nb = xrange(2)')).toMatch(/m\.py:2: NameError.*write range;/);
    expect(await refusal('a = = 1')).not.toContain('Python 2');
  });

  it('stands in the log line of a failing method', async () => {
    const run = await startModule({
      'm.py': `from glupy import Translator
class xlator(Translator):
    def stat(self, frame, loc, xdata):
        return {}.has_key(1)
`,
    });
    run.takeLines();
    run.ask('stat', run.knownLoc('a'), null);
    const [error] = run.takeLines()[0]!.split('\n');
    expect(error).toMatch(/^E \[m\.py:4:stat\] .*AttributeError: .*'has_key'/);
    expect(error).toContain(`(${formatAdvice('write key in d')})`);
  });
});

describe('a Python 2 except clause', () => {
  const source = `"""
    except ValueError, e:
"""
from glupy import Translator
class xlator(Translator):
    def stat(self, frame, loc, xdata):
        try:
            1 / 0
        except ZeroDivisionError, e:
            pass
`;

  it('causes a warning with its line at the start, except inside a string', async () => {
    const run = await startModule({ 'm.py': source });
    const warnings = run.takeLines().filter((line) => line.startsWith('W '));
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toMatch(/^W \[m\.py:9:-\] .*is except X as e: meant\?/);
  });

  it('is explained in the log when it fails', async () => {
    const run = await startModule({ 'm.py': source });
    run.takeLines();
    run.ask('stat', run.knownLoc('a'), null);
    expect(run.takeLines().join()).toContain('write except X as e:');
  });
});

/** A module in the style of 2012. */
const OF_2012 = `import sys
from uuid import UUID
from gluster import *

cache = {}
requests = {}
LIMIT = 0777L

dl.get_id.restype = c_long
dl.get_id.argtypes = [ POINTER(call_frame_t) ]

@lookup_fop_t
def lookup_fop (frame, this, loc, xdata):
	key = "%08x" % loc.contents.pargfid[3]
	print "lookup FOP: %s:%s" % (key, loc.contents.name),
	print \`LIMIT\`
	if cache.has_key(key) and loc.contents.name in cache[key]:
		print >>sys.stdout, ("hit {0:s}").format(loc.contents.name)
		dl.unwind_lookup(frame,0,this,-1,2,None,None,None,None)
		return 0
	requests[dl.get_id(frame)] = (key, loc.contents.name[:])
	dl.wind_lookup(frame,POINTER(xlator_t)(),loc,xdata)
	return 0

@lookup_cbk_t
def lookup_cbk (frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
	try:
		key, name = requests.pop(dl.get_id(frame))
		if op_ret <> 0:
			raise KeyError, name
	except KeyError, e:
		cache.setdefault(key, set()).add(name)
		for k, v in cache.iteritems(): print k, sorted(v)
	dl.unwind_lookup(frame,cookie,this,op_ret,op_errno,inode,buf,xdata,postparent)
	return 0

class xlator ():
	def __init__ (self, xl):
		dl.set_lookup_fop(xl,lookup_fop)
		dl.set_lookup_cbk(xl,lookup_cbk)
`;

/** The module after 2to3, in two runs for the octal number. */
function of2012InPython3(): string {
  const changed = [
    ['0777L', '0o777'],
    [
      'print "lookup FOP: %s:%s" % (key, loc.contents.name),',
      'print("lookup FOP: %s:%s" % (key, loc.contents.name), end=" ")',
    ],
    ['print `LIMIT`', 'print(repr(LIMIT))'],
    ['cache.has_key(key)', 'key in cache'],
    [
      'print >>sys.stdout, ("hit {0:s}").format(loc.contents.name)',
      'print(("hit {0:s}").format(loc.contents.name), file=sys.stdout)',
    ],
    ['<>', '!='],
    ['raise KeyError, name', 'raise KeyError(name)'],
    ['except KeyError, e', 'except KeyError as e'],
    ['cache.iteritems(): print k, sorted(v)', 'cache.items(): print(k, sorted(v))'],
  ] as const;
  return changed.reduce((text, [old, now]) => text.replace(old, now), OF_2012);
}

describe('a module in Python 2', () => {
  it('is refused with its line, and runs after 2to3', async () => {
    const refused = await refusal(OF_2012);
    expect(refused).toMatch(/m\.py:7: SyntaxError: .*\(Python 2: write octal numbers as 0o777; /);

    const run = await startModule({ 'm.py': of2012InPython3() });
    run.takeLines();
    const lookup = () => run.ask('lookup', run.absentLoc('a'), null);
    lookup();
    run.takeRequests()[0]!.answer(-1, 2, null, null, null, null);
    expect(takeTexts(run)).toEqual(['lookup FOP: 01000000:a 511', "01000000 ['a']"]);
    const second = lookup();
    expect([second.opRet, second.opErrno, run.takeRequests()]).toEqual([-1, 2, []]);
    expect(takeTexts(run)).toEqual(['lookup FOP: 01000000:a 511', 'hit a']);
    run.expectSettled();
  });
});
