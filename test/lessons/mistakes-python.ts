/**
 * Learners' mistakes that exist in Python only: edits of a lesson's solution, and the expected
 * answer.
 */
import type { Mistake } from './mistakes.ts';

export const inPython: Readonly<Record<string, readonly Mistake[]>> = {
  '1-stack': [
    {
      name: 'no attribute of that name',
      py: ['loc.path', 'loc.pth'],
      answer: /stack\.py:6: .*pth/s,
    },
    {
      name: 'self forgotten',
      py: ['(self, frame, loc, xdata)', '(frame, loc, xdata)'],
      answer:
        /stack\.py:5: lookup .* must take \(self, frame, loc, xdata\), not \(frame, loc, xdata\)/s,
    },
    {
      name: 'an argument forgotten',
      py: ['(self, frame, loc, xdata)', '(self, frame, loc)'],
      answer: /must take \(self, frame, loc, xdata\), not \(self, frame, loc\)/s,
    },
    {
      name: 'crooked indentation',
      py: ['        frame.wind()', '      frame.wind()'],
      answer: /stack\.py:7: IndentationError: unindent/s,
    },
    {
      name: 'a fop misspelt',
      py: ['def lookup', 'def lokup'],
      answer: /lokup is no fop or hook.*did you mean 'lookup'/s,
    },
    {
      name: 'no import',
      py: ['from glupy import Translator\n', ''],
      answer: /'Translator' is not defined \(write from glupy import Translator\)/s,
    },
    {
      name: 'log called',
      py: ['self.log.info(', 'self.log('],
      answer: /stack\.py:6: lookup failed: TypeError: 'Logger' object is not callable/s,
    },
    {
      name: 'wind not called',
      py: ['frame.wind()', 'frame.wind'],
      answer: /neither answered nor passed on.*is a frame\.wind.*missing/s,
    },
    {
      name: 'a variable without its owner',
      py: ['loc.path', 'path'],
      answer: /stack\.py:6: .*name 'path' is not defined/s,
    },
  ],
  '2-nothing': [
    { name: 'no body', py: ['    pass\n', ''], answer: /nothing\.py.*(Indentation|expected)/s },
    { name: 'a colon lost', py: ['(Translator):', '(Translator)'], answer: /expected ':'/ },
    {
      name: 'the import lost',
      py: ['from glupy import Translator\n', ''],
      answer: /write from glupy import Translator/s,
    },
    {
      name: 'a small letter',
      py: ['(Translator)', '(translator)'],
      answer: /'translator' is not defined\. Did you mean: 'Translator'/s,
    },
    {
      name: 'a module that is not there',
      py: ['from glupy', 'from gluppy'],
      answer: /No module named 'gluppy': did you mean glupy/s,
    },
    {
      name: 'a name that is not there',
      py: ['import Translator\n', 'import Translater as Translator\n'],
      answer: /cannot import name 'Translater'.*did you mean Translator/s,
    },
    {
      name: 'a method without self',
      py: ['    pass', '    def lookup(frame, loc, xdata):\n        frame.wind()'],
      answer: /nothing\.py:5: lookup .* must take \(self, frame, loc, xdata\)/s,
    },
    {
      name: 'a constructor with an argument',
      py: ['    pass', '    def __init__(self, name):\n        self.name = name'],
      answer: /nothing is given to __init__: write init\(self\)/s,
    },
  ],
  '3-fop': [
    {
      name: 'one = for two',
      py: ['loc.name == "ghost"', 'loc.name = "ghost"'],
      answer: /fop\.py:8: SyntaxError: .*Maybe you meant '==' instead of '='/s,
    },
    {
      name: 'is for ==',
      py: ['loc.name == "ghost"', 'loc.name is "ghost"'],
      answer: /fop\.py:8: SyntaxWarning: "is" with 'str' literal\. Did you mean "=="/s,
    },
    {
      name: 'the name not imported',
      py: ['import ENOENT, Translator', 'import Translator'],
      answer: /write from glupy import ENOENT/s,
    },
    {
      name: 'the error returned',
      py: ['frame.fail(ENOENT)', 'ENOENT'],
      answer: /it returned 2, which answers only in an async def/s,
    },
    {
      name: 'the error raised',
      py: ['return frame.fail(ENOENT)', 'raise FileNotFoundError()'],
      answer: /fop\.py:9: lookup failed: FileNotFoundError.*'No such file' is ENOENT/s,
    },
    {
      name: 'the error as a text',
      py: ['fail(ENOENT)', 'fail("ENOENT")'],
      answer: /fail takes an errno such as ENOENT, not 'ENOENT'/s,
    },
    {
      name: 'the wind inside of the if',
      py: ['        frame.wind()', '            frame.wind()'],
      answer: /neither answered nor passed on.*every other request goes on/s,
    },
    {
      name: 'a method of the root has no name',
      py: ['loc.name == "ghost"', 'loc.name.startswith("ghost")'],
      answer: /Compare the whole name/s,
    },
  ],
  '5-local': [
    {
      name: 'kept in the translator',
      py: ['frame.local', 'self.path'],
      answer: /It mixed them up: what `self` has is there once/,
    },
    {
      name: 'a default that is shared',
      py: [
        'xdata):\n        frame.local = loc.path',
        'xdata, seen=[]):\n        seen.append(loc.path); frame.local = seen',
      ],
      answer: /logged '\['\/cat'\]: found'/s,
    },
    {
      name: 'a local of the function',
      py: ['frame.local = loc.path', 'local = loc.path'],
      answer: /logged 'None: found'.*Note the path in `lookup`/s,
    },
    {
      name: 'frame.locals',
      py: ['frame.local, ', 'frame.locals, '],
      answer: /no attribute 'locals'\. Did you mean: 'local'/s,
    },
    {
      name: 'a callback with too few arguments',
      py: ['op_ret, op_errno, *reply):\n', 'op_ret, *reply):\n        op_errno = 0\n'],
      answer: /lookup takes 4 arguments \(inode, buf, xdata, postparent\), not 5/s,
    },
    {
      name: 'the reply without its star',
      py: ['op_errno, *reply)\n', 'op_errno, reply)\n'],
      answer: /local\.py:13: .*inode must be Inode, not tuple/s,
    },
  ],
  '6-options': [
    {
      name: 'a default alone',
      py: ['Option.str("ghost", help="the name that is hidden")', '"ghost"'],
      answer: /options\['hidden'\] must be made by Option\.int/s,
    },
    {
      name: 'an attribute for a key',
      py: ['self.options["hidden"]', 'self.options.hidden'],
      answer: /options\.py:12: AttributeError: 'dict' object has no attribute 'hidden'/s,
    },
    {
      name: 'option for options',
      py: ['self.options["hidden"]', 'self.option["hidden"]'],
      answer: /no attribute 'option'\. Did you mean: 'options'/s,
    },
    {
      name: 'options misspelt',
      py: ['    options = {', '    option = {'],
      answer: /options\.py:7: option is never read \(did you mean 'options'/s,
    },
    {
      name: 'init without self',
      py: ['def init(self)', 'def init()'],
      answer: /init is a hook and must take \(self\), not \(\)/s,
    },
    {
      name: 'a comma lost',
      py: ['"ghost", help', '"ghost" help'],
      answer: /options\.py:8: .*Perhaps you forgot a comma/s,
    },
  ],
  '7-cache': [
    {
      name: 'no set',
      py: ['        self.absent = set()\n', '        pass\n'],
      answer: /cache\.py:12: .*no attribute 'absent'/s,
    },
    {
      name: 'a dict for a set',
      py: ['set()', '{}'],
      answer: /'dict' object has no attribute 'add'/s,
    },
    {
      name: 'a list as a key',
      py: ['key = loc.pargfid, loc.name', 'key = [loc.pargfid, loc.name]'],
      answer: /cache\.py:12: .*unhashable type: 'list'/s,
    },
  ],
  '8-wrong': [
    {
      name: 'the count is looked at too late',
      py: ['made == self.made', 'self.made == self.made'],
      answer: /Before its reply came up/,
    },
    {
      name: 'a count that is not there',
      py: ['        self.made = 0  # how often names were made\n', ''],
      answer: /has no attribute 'made'/,
    },
    {
      name: 'discard, of a dict',
      py: [
        'self.absent.pop((loc.pargfid, loc.name), None)',
        'self.absent.discard((loc.pargfid, loc.name))',
      ],
      answer: /'dict' object has no attribute 'discard'/,
    },
    {
      name: 'two arguments for one pair',
      py: ['.pop((loc.pargfid, loc.name), None)', '.pop(loc.pargfid, loc.name, None)'],
      answer: /pop expected at most 2 arguments, got 3/,
    },
  ],
  '9-measure': [
    {
      name: 'an underscore for the dash',
      py: ['"kernel-timeout": O', '"kernel_timeout": O'],
      answer: /does not know that option|did you mean kernel_timeout/s,
    },
    {
      name: 'an underscore where it is read',
      py: ['["kernel-timeout"]', '["kernel_timeout"]'],
      answer: /KeyError: 'kernel_timeout' \(did you mean kernel-timeout/s,
    },
    {
      name: 'a text for a number',
      py: ['timeout=self.options["kernel-timeout"]', 'timeout=str(self.options["kernel-timeout"])'],
      answer: /must be a number of seconds, not str/s,
    },
    {
      name: 'the return lost',
      py: [
        '            return frame.fail(ENOENT, timeout=self.options["kernel-timeout"])\n        frame.unwind',
        '            frame.fail(ENOENT, timeout=self.options["kernel-timeout"])\n        frame.unwind',
      ],
      answer: /answered twice.*is a return missing there/s,
    },
    {
      name: 'another name for it',
      py: ['fail(ENOENT, timeout=', 'fail(ENOENT, ttl='],
      answer: /unexpected keyword argument 'ttl'/s,
    },
  ],
};
