/**
 * Learners' mistakes as tables: a name, a part of the lesson's solution, what stands in its place, and the expected answer
 * as a regular expression. A fifth cell is a part of the lesson's sentence with 'must', 'never', 'always' or 'only' that
 * the mistake breaks. `\\n` is the end of a line at the edge of a cell.
 */
import type { LessonLanguage } from '../../apps/course/lessons/check.ts';
import { type Row, rows } from '../support/rows.ts';

export interface Mistake {
  readonly name: string;
  readonly language: LessonLanguage;
  /** The edit of the solution. */
  readonly from: string;
  readonly to: string;
  readonly answer: RegExp;
  readonly breaks: string | undefined;
}

type Tables = Readonly<Record<string, readonly Row[]>>;

const KEY = `\`\${loc.pargfid}/\${loc.name}\``;

/** Lesson 5 from its note on the way down to where the callback reads it. */
const noteBy = (note: string, reading: string): string => `${note};
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    this.log.info('%s: %s', ${reading}`;

/** Mistakes of both languages, made in JavaScript, whose interpreter starts at once. */
const inJavaScript: Tables = {
  '1-stack': rows`
one path, written down ⇒ loc.path ⇒ '/books/moby' ⇒ different one for each request
only the name ⇒ loc.path ⇒ loc.name ⇒ should say the path
another name for the class ⇒ class xlator ⇒ class Stack ⇒ does not start.*xlator ⇒ the name is always the same
the wind lost ⇒ frame.wind(); ⇒  ⇒ is a frame\.wind, frame\.unwind or frame\.fail missing
the log lost ⇒ this.log.info('a program asks for %s', loc.path); ⇒  ⇒ nothing is in the log
`,
  '2-nothing': rows`
another name ⇒ class xlator ⇒ class Nothing ⇒ does not start.*xlator ⇒ The class must be called \`xlator\`
a method that changes ⇒ {}
  ⇒ { setattr(frame, loc, stbuf, valid) { frame.wind(loc, stbuf.copy({ iaProt: 0o600 }), valid, null); } }
  ⇒ The file got the mode 640, and the storage has ⇒ through your translator, which must change nothing
a method that says it has removed ⇒ {} ⇒ { unlink(frame) { frame.unwind(0, 0, new Iatt(), new Iatt()); } }
  ⇒ The file was removed, and the storage still has b|Iatt ⇒ through your translator, which must change nothing
not exported ⇒ export class ⇒ class ⇒ does not start.*export
a method that swallows ⇒ {} ⇒ { lookup(frame) {} } ⇒ neither answered nor passed on
a method that answers ⇒ {} ⇒ { lookup(frame) { frame.fail(2); } } ⇒ answered a lookup by itself
`,
  '3-fop': rows`
everything hidden ⇒ if (loc.name === 'ghost')  ⇒  ⇒ Only the name ghost is to be hidden
the path compared ⇒ loc.name === 'ghost' ⇒ loc.path === '/ghost' ⇒ \`loc\.name\`
a name with a slash ⇒ 'ghost' ⇒ '/ghost' ⇒ The file /ghost was looked up, and it was found
  ⇒ \`loc.name\` only ghost
a part of the name ⇒ loc.name === 'ghost' ⇒ loc.name?.includes('ghost') ⇒ ghostwriter
another error ⇒ fail(ENOENT) ⇒ fail(5) ⇒ says EIO.*ENOENT
the return lost ⇒ return frame.fail ⇒ frame.fail ⇒ answered|already ⇒ call one of these two, and only one
the storage asked in folders
  ⇒ if (loc.name === 'ghost') return frame.fail(ENOENT);
      frame.wind();
    }
  ⇒ if (loc.path === '/ghost') return frame.fail(ENOENT);
      frame.local = loc.name;
      frame.wind();
    }

    lookupCbk(frame, ...reply) {
      if (frame.local === 'ghost') return frame.fail(ENOENT);
      frame.unwind(...reply);
    }
  ⇒ hides /house/ghost by ENOENT .*the storage was asked once ⇒ Requests for ghost must not reach the storage
nothing winds ⇒ \n    frame.wind(); ⇒  ⇒ neither answered nor passed on
`,
  '4-callback': rows`
winds again and again ⇒ frame.unwind(opRet, opErrno, ...reply); ⇒ frame.wind();
  ⇒ never got an answer: lookup of /cat\.
no unwind ⇒ frame.unwind(opRet, opErrno, ...reply); ⇒  ⇒ neither answered nor passed on
the reply lost ⇒ frame.unwind(opRet, opErrno, ...reply); ⇒ frame.unwind(opRet, opErrno); ⇒ inode|answered: EIO
always success ⇒ frame.unwind(opRet, opErrno, ...reply); ⇒ frame.unwind(0, 0, ...reply); ⇒ answered: EIO|inode
always absent ⇒ frame.unwind(opRet, opErrno, ...reply); ⇒ frame.fail(ENOENT);
  ⇒ found /cat, and your translator answered: ENOENT
op_ret and op_errno swapped ⇒ frame.unwind(opRet, opErrno, ...reply); ⇒ frame.unwind(opErrno, opRet, ...reply);
  ⇒ answered: (found|EIO)|inode
op_ret taken for true ⇒ opRet >= 0 ⇒ opRet ⇒ logged 'failed', and 'found' was right
every failure is absent ⇒ opErrno === ENOENT ⇒ true ⇒ EACCES is not ENOENT
zero taken for a failure ⇒ opRet >= 0 ⇒ opRet > 0 ⇒ logged 'failed', and 'found' was right
a name of its own ⇒ lookupCbk ⇒ lookupCallback ⇒ lookupCallback|logged nothing
two lines for a reply ⇒ this.log.info('found') ⇒ this.log.info('found'), this.log.info('found')
  ⇒ Log one line for each reply
op_errno tested first
  ⇒ if (opRet >= 0) this.log.info('found');
      else if (opErrno === ENOENT) this.log.info('absent');
      else
  ⇒ if (opErrno === ENOENT) this.log.info('absent');
      else if (opRet >= 0) this.log.info('found');
      else
  ⇒ left over from an earlier failure.*Test \`opRet\` first ⇒ Only a failure has a meaningful
nothing in one branch ⇒ this.log.info('absent') ⇒ null ⇒ should log 'absent'
`,
  '5-local': rows`
kept in the module ⇒ frame.local = loc.path ⇒ globalThis.path = loc.path; frame.local = 1
  ⇒ Your callback logged '1: found'
never noted ⇒ frame.local = loc.path; ⇒  ⇒ Your callback logged '(null|undefined): found'
only the name ⇒ loc.path ⇒ loc.name ⇒ 'cat: found', and '/cat: found' was right
noted after the wind
  ⇒ frame.local = loc.path;
      frame.wind();
  ⇒ frame.wind();
      this.path = loc.path;
  ⇒ Your callback logged
a queue of notes
  ⇒ ${noteBy('frame.local = loc.path', 'frame.local')}
  ⇒ ${noteBy('this.notes = [...(this.notes ?? []), loc.path]', 'this.notes.shift()')}
  ⇒ reply for /dragon came first: replies come in any order.*mixed them up
a heap of notes
  ⇒ ${noteBy('frame.local = loc.path', 'frame.local')}
  ⇒ ${noteBy('this.notes = [...(this.notes ?? []), loc.path]', 'this.notes.pop()')}
  ⇒ under way at once: /cat is there, /dragon is not\. Your translator logged
turned round ⇒ 'found' : 'absent' ⇒ 'absent' : 'found' ⇒ '/cat: absent', and
`,
  '6-options': rows`
a name in the code ⇒ loc.name === this.hidden ⇒ loc.name === 'ghost' ⇒ /cat was found
not declared ⇒ hidden: Option.str('ghost', { help: 'the name that is hidden' }), ⇒  ⇒ hid(ing|den)
another default ⇒ 'ghost', { ⇒ 'spook', { ⇒ 'hiding spook'
everything at level info ⇒ log.debug ⇒ log.info ⇒ \`this\.log\.debug\`
nothing at the start ⇒ this.log.info('hiding %s', this.hidden); ⇒  ⇒ volume started, and nothing was logged
nothing for a request ⇒ this.log.debug('hid %s', loc.path); ⇒  ⇒ no line says so
a number ⇒ Option.str('ghost' ⇒ Option.int(1 ⇒ 'hiding 1'
`,
  '7-cache': rows`
never remembers ⇒ this.absent.add(frame.local) ⇒ null ⇒ storage was asked 3 times
no set ⇒ this.absent = new Set(); ⇒  ⇒ cache\.js:11
remembers before the reply ⇒ frame.local = key; ⇒ frame.local = key; this.absent.add(key);
  ⇒ At the second lookup.*not before
remembers every name ⇒ if (opRet < 0 && opErrno === ENOENT)  ⇒  ⇒ At the second lookup
remembers what is found ⇒ opRet < 0 && opErrno === ENOENT ⇒ opRet >= 0 ⇒ asked 3 times
keyed by the name ⇒ ${KEY} ⇒ loc.name ⇒ The same name can be in many folders
keyed by the path ⇒ ${KEY} ⇒ loc.path ⇒ it remembers paths, and a folder can be renamed
  ⇒ a unique number that never changes
remembers every failure ⇒ opRet < 0 && opErrno === ENOENT ⇒ opRet < 0
  ⇒ answered for /diary once: EACCES .*at no other failure
EIO as well ⇒ opErrno === ENOENT ⇒ (opErrno === ENOENT || opErrno === 5)
  ⇒ answered for /disk once: EIO .*at no other failure
the key kept in the translator ⇒ frame.local ⇒ this.key ⇒ frame\.local|asked 3 times
no note of the key ⇒ frame.local = key; ⇒  ⇒ asked 3 times
never asks ⇒ if (this.absent.has(key))  ⇒  ⇒ cannot know yet
another error ⇒ fail(ENOENT) ⇒ fail(5) ⇒ second time the answer was: EIO
answers and winds ⇒ return frame.fail ⇒ frame.fail ⇒ wound after the request was answered.*is a return missing
`,
  '8-wrong': rows`
creation forgotten ⇒ entryCreated ⇒ _entryCreated ⇒ a file was made \(create\)
create alone
  ⇒ entryCreated(loc) {

  ⇒ createCbk(frame, ...reply) {
      this.absent.clear();
      frame.unwind(...reply);
    }

    _unused(loc) {

  ⇒ a folder was made \(mkdir\)
every error ⇒ opRet < 0 && opErrno === ENOENT ⇒ opRet < 0 ⇒ it hid a file from its owner
EIO as well ⇒ opErrno === ENOENT ⇒ (opErrno === ENOENT || opErrno === 5) ⇒ moment of weakness
keyed by the path ⇒ const key = ${KEY} ⇒ const key = loc.path ⇒ Then a file was made|it remembers paths
UPCALL unheard ⇒ event !== 'UPCALL' ⇒ event !== 'Upcall' ⇒ Another client made /late
for ever ⇒ this.options.timeout * 1000 ⇒ Infinity ⇒ it would for ever
  ⇒ your translator must forget a name after a while
milliseconds for seconds ⇒  * 1000 ⇒  ⇒ 30 seconds later the storage was asked again
no cache any more ⇒ this.absent.get(key) > performance.now() ⇒ false ⇒ does not cache any more
the count never changes ⇒ this.made += 1; ⇒  ⇒ Before its reply came up, another client made it.*\`this\.made\`
  ⇒ Only then the old reply comes up
the count ignores what others do
  ⇒ 'UPCALL') return;
      this.made += 1;
  ⇒ 'UPCALL') return; ⇒ past your translator, and the event UPCALL came
half the time ⇒ Option.time(60 ⇒ Option.time(20 ⇒ 30 seconds later the storage was asked again
`,
  '9-measure': rows`
a default of its own ⇒ Option.time(0 ⇒ Option.time(30 ⇒ Without the option it must be 0
not declared ⇒ 'kernel-timeout': Option.time(0, { help: 'how long the kernel remembers it, too' }), ⇒
  ⇒ does not know that option
only from the cache ⇒ \n      return this.fail(frame); ⇒  ⇒ The first answer for /dragon
only when it is learnt ⇒ performance.now()) return this.fail(frame)
  ⇒ performance.now()) return frame.fail(ENOENT) ⇒ The second answer for /dragon
every error ⇒ opErrno === ENOENT ⇒ true ⇒ about /diary
no cache any more ⇒ this.absent.get(key) > performance.now() ⇒ false ⇒ 200 of these requests
`,
  '10-storage': rows`
names of the root in each folder ⇒ return FOLDERS[path] ⇒ return FOLDERS['/']
  ⇒ folder /books was listed, .* gave about, books\. .*each folder has names of its own
paths in place of names ⇒ return FOLDERS[path] ⇒ return FOLDERS[path].map((name) => path + name)
  ⇒ storage\.js:\d+: .*"/about", which no directory entry can have.*What came of it
no folders ⇒     if (path in FOLDERS) return directory();\n ⇒
  ⇒ There is /books, .* ENOENT .*For a folder \`stat\` returns \`directory\(\)\`
a folder as a number ⇒ return directory() ⇒ return FOLDERS[path].length
  ⇒ storage\.js:\d+: stat failed: .*the root must be a directory
a folder as a file ⇒ if (path in FOLDERS) ⇒ if (path === '/')
  ⇒ There is /books, and your storage answered: ENOENT
a file as a folder ⇒ path in FOLDERS ⇒ path in FOLDERS || path in FILES
  ⇒ By your \`stat\`, /about is a folder, and it is a file
the bytes in place of their number ⇒ ? FILES[path].length ⇒ ? FILES[path]
  ⇒ storage\.js:\d+: stat failed: .*not bytes
another length ⇒ ? FILES[path].length ⇒ ? path.length ⇒ /about has 21 bytes, and your \`stat\` says 6
the length of what is not there ⇒ path in FILES ? FILES[path].length : null ⇒ FILES[path].length
  ⇒ storage\.js:\d+: .*What came of it: There is no /nothing.*\`null\`
an empty file where nothing is ⇒ : null ⇒ : 0 ⇒ There is no /nothing, and your storage answered: found
the offset ignored ⇒ .slice(offset, offset + size) ⇒ .slice(0, size)
  ⇒ 7 bytes of /about, from byte 2 on, and got "A stora" instead of "storage"
the size as an end ⇒ offset + size) ⇒ size) ⇒ got "stora" instead of "storage"
the whole file each time ⇒ .slice(offset, offset + size) ⇒
  ⇒ storage\.js:\d+: .*returned 21 bytes, and 7 were asked for
fewer bytes than there are ⇒ offset + size) ⇒ offset + Math.min(size, 4))
  ⇒ /about was read: "A st"\. It has the text ⇒ fewer only at the end
a text ⇒ return FILES[path].slice ⇒ return new TextDecoder().decode(FILES[path]).slice
  ⇒ storage\.js:\d+: .*must return a Uint8Array, not string
the offset of a write ignored ⇒ .set(data, offset) ⇒ .set(data)
  ⇒ MY was written into /about, from byte 13 on\. Then it has the text "MYstorage
what was behind a write is lost ⇒ Math.max(old.length, offset + data.length) ⇒ offset + data.length
  ⇒ storage\.js:\d+: write failed: RangeError
truncate forgets what stays ⇒     FILES[path].set(old.slice(0, size));\n ⇒
  ⇒ size of /books/ulysses was set to 7\. Then it has the text "\\0\\0
nothing in the folder ⇒     FOLDERS[path.slice(0, slash) || '/'].push(path.slice(slash + 1));\n ⇒
  ⇒ folder / was listed, .* gave about, books\. .*\`create\` adds the name
all new files in the root ⇒ [path.slice(0, slash) || '/'] ⇒ ['/']
  ⇒ folder / was listed, .* gave about, books, dracula, note\.
no file at the new name ⇒     FILES[path] = encode('');\n ⇒
  ⇒ A program made the file /note, and the answer was:
`,
};

/** Those of Python alone. */
const inPython: Tables = {
  '1-stack': rows`
no attribute of that name ⇒ loc.path ⇒ loc.pth ⇒ stack\.py:6: .*pth
self forgotten ⇒ (self, frame, loc, xdata) ⇒ (frame, loc, xdata)
  ⇒ stack\.py:5: lookup .* must take \(self, frame, loc, xdata\), not \(frame, loc, xdata\)
an argument forgotten ⇒ (self, frame, loc, xdata) ⇒ (self, frame, loc)
  ⇒ must take \(self, frame, loc, xdata\), not \(self, frame, loc\)
crooked indentation ⇒         frame.wind() ⇒       frame.wind() ⇒ stack\.py:7: IndentationError: unindent
a fop misspelt ⇒ def lookup ⇒ def lokup ⇒ lokup is no fop or hook.*did you mean 'lookup'
no import ⇒ from glupy import Translator\n ⇒
  ⇒ 'Translator' is not defined \(write from glupy import Translator\)
log called ⇒ self.log.info( ⇒ self.log( ⇒ stack\.py:6: lookup failed: TypeError: 'Logger' object is not callable
wind not called ⇒ frame.wind() ⇒ frame.wind ⇒ neither answered nor passed on.*is a frame\.wind.*missing
a variable without its owner ⇒ loc.path ⇒ path ⇒ stack\.py:6: .*name 'path' is not defined
`,
  '2-nothing': rows`
no body ⇒     pass\n ⇒  ⇒ nothing\.py.*(Indentation|expected)
a colon lost ⇒ (Translator): ⇒ (Translator) ⇒ expected ':'
the import lost ⇒ from glupy import Translator\n ⇒  ⇒ write from glupy import Translator
a small letter ⇒ (Translator) ⇒ (translator) ⇒ 'translator' is not defined\. Did you mean: 'Translator'
a module that is not there ⇒ from glupy ⇒ from gluppy ⇒ No module named 'gluppy': did you mean glupy
a name that is not there ⇒ import Translator\n ⇒ import Translater as Translator\n
  ⇒ cannot import name 'Translater'.*did you mean Translator
a method without self ⇒     pass
  ⇒     def lookup(frame, loc, xdata):
          frame.wind()
  ⇒ nothing\.py:5: lookup .* must take \(self, frame, loc, xdata\)
a constructor with an argument ⇒     pass
  ⇒     def __init__(self, name):
          self.name = name
  ⇒ nothing is given to __init__: write init\(self\)
`,
  '3-fop': rows`
one = for two ⇒ loc.name == "ghost" ⇒ loc.name = "ghost"
  ⇒ fop\.py:8: SyntaxError: .*Maybe you meant '==' instead of '='
is for == ⇒ loc.name == "ghost" ⇒ loc.name is "ghost"
  ⇒ fop\.py:8: SyntaxWarning: "is" with 'str' literal\. Did you mean "=="
the name not imported ⇒ import ENOENT, Translator ⇒ import Translator ⇒ write from glupy import ENOENT
the error returned ⇒ frame.fail(ENOENT) ⇒ ENOENT ⇒ it returned 2, which answers only in an async def
the error raised ⇒ return frame.fail(ENOENT) ⇒ raise FileNotFoundError()
  ⇒ fop\.py:9: lookup failed: FileNotFoundError.*'No such file' is ENOENT
the error as a text ⇒ fail(ENOENT) ⇒ fail("ENOENT") ⇒ fail takes an errno such as ENOENT, not 'ENOENT'
the wind inside of the if ⇒         frame.wind() ⇒             frame.wind()
  ⇒ neither answered nor passed on.*every other request goes on
a method of the root has no name ⇒ loc.name == "ghost" ⇒ loc.name.startswith("ghost") ⇒ Compare the whole name
`,
  '5-local': rows`
kept in the translator ⇒ frame.local ⇒ self.path ⇒ It mixed them up: what \`self\` has is there once
a default that is shared
  ⇒ xdata):
          frame.local = loc.path
  ⇒ xdata, seen=[]):
          seen.append(loc.path); frame.local = seen
  ⇒ logged '\['/cat'\]: found'
a local of the function ⇒ frame.local = loc.path ⇒ local = loc.path
  ⇒ logged 'None: found'.*Note the path in \`lookup\`
frame.locals ⇒ frame.local,  ⇒ frame.locals,  ⇒ no attribute 'locals'\. Did you mean: 'local'
a callback with too few arguments ⇒ op_ret, op_errno, *reply):\n
  ⇒ op_ret, *reply):
          op_errno = 0\n
  ⇒ lookup takes 4 arguments \(inode, buf, xdata, postparent\), not 5
the reply without its star ⇒ op_errno, *reply)\n ⇒ op_errno, reply)\n
  ⇒ local\.py:13: .*inode must be Inode, not tuple
`,
  '6-options': rows`
a default alone ⇒ Option.str("ghost", help="the name that is hidden") ⇒ "ghost"
  ⇒ options\['hidden'\] must be made by Option\.int
an attribute for a key ⇒ self.options["hidden"] ⇒ self.options.hidden
  ⇒ options\.py:12: AttributeError: 'dict' object has no attribute 'hidden'
option for options ⇒ self.options["hidden"] ⇒ self.option["hidden"]
  ⇒ no attribute 'option'\. Did you mean: 'options'
options misspelt ⇒     options = { ⇒     option = {
  ⇒ options\.py:7: option is never read \(did you mean 'options'
init without self ⇒ def init(self) ⇒ def init() ⇒ init is a hook and must take \(self\), not \(\)
a comma lost ⇒ "ghost", help ⇒ "ghost" help ⇒ options\.py:8: .*Perhaps you forgot a comma
`,
  '7-cache': rows`
no set ⇒         self.absent = set()\n ⇒         pass\n ⇒ cache\.py:12: .*no attribute 'absent'
a dict for a set ⇒ set() ⇒ {} ⇒ 'dict' object has no attribute 'add'
a list as a key ⇒ key = loc.pargfid, loc.name ⇒ key = [loc.pargfid, loc.name]
  ⇒ cache\.py:12: .*unhashable type: 'list'
`,
  '8-wrong': rows`
the count is looked at too late ⇒ made == self.made ⇒ self.made == self.made ⇒ Before its reply came up
a count that is not there ⇒         self.made = 0  # how often names were made\n ⇒  ⇒ has no attribute 'made'
discard, of a dict ⇒ self.absent.pop((loc.pargfid, loc.name), None)
  ⇒ self.absent.discard((loc.pargfid, loc.name)) ⇒ 'dict' object has no attribute 'discard'
two arguments for one pair ⇒ .pop((loc.pargfid, loc.name), None) ⇒ .pop(loc.pargfid, loc.name, None)
  ⇒ pop expected at most 2 arguments, got 3
`,
  '9-measure': rows`
an underscore for the dash ⇒ "kernel-timeout": O ⇒ "kernel_timeout": O
  ⇒ does not know that option|did you mean kernel_timeout
an underscore where it is read ⇒ ["kernel-timeout"] ⇒ ["kernel_timeout"]
  ⇒ KeyError: 'kernel_timeout' \(did you mean kernel-timeout
a text for a number ⇒ timeout=self.options["kernel-timeout"] ⇒ timeout=str(self.options["kernel-timeout"])
  ⇒ must be a number of seconds, not str
the return lost
  ⇒             return frame.fail(ENOENT, timeout=self.options["kernel-timeout"])
          frame.unwind
  ⇒             frame.fail(ENOENT, timeout=self.options["kernel-timeout"])
          frame.unwind
  ⇒ answered twice.*is a return missing there
another name for it ⇒ fail(ENOENT, timeout= ⇒ fail(ENOENT, ttl= ⇒ unexpected keyword argument 'ttl'
`,
  '10-storage': rows`
a fop ⇒ def stat ⇒ def lookup ⇒ does not start.*a Files needs stat
a fop for a change ⇒ def write ⇒ def writev ⇒ does not start.*storage\.py:\d+: a Files has no writev: write write
no change
  ⇒ \n    def write(self, path, offset, data):
          old = FILES[path].ljust(offset, b"\0")
          FILES[path] = old[:offset] + data + old[offset + len(data) :]

      def truncate(self, path, size):
          FILES[path] = FILES[path][:size].ljust(size, b"\0")

      def create(self, path, mode):
          folder, name = path.rsplit("/", 1)
          FOLDERS[folder or "/"].append(name)
          FILES[path] = b""\n
  ⇒  ⇒ Your files can be read.*EROFS \(a file system that can only be read\).*\`write\`
a misspelt change ⇒ def truncate ⇒ def trunkate
  ⇒ storage\.py:\d+: trunkate is no method .*did you mean 'truncate'.*EOPNOTSUPP
directory not called ⇒ return directory() ⇒ return directory
  ⇒ storage\.py:\d+: stat failed: .*not <function directory
the bytes in place of their number ⇒ len(FILES[path]) if ⇒ FILES[path] if
  ⇒ storage\.py:\d+: stat failed: .*must return attributes.*not b'A storage
a key that is not there ⇒ len(FILES[path]) if path in FILES else None ⇒ len(FILES[path])
  ⇒ KeyError: '/nothing'.*What came of it: There is no /nothing.*\`None\`
nothing returned ⇒ return FOLDERS[path] ⇒ FOLDERS[path] ⇒ storage\.py:\d+: list failed
a gap without zeros ⇒ FILES[path].ljust(offset, b"\0") ⇒ FILES[path]
  ⇒ a ! was written at byte 20\. Then it has the text "Call me Ishmael\.\\n!"
truncate does not lengthen ⇒ [:size].ljust(size, b"\0") ⇒ [:size]
  ⇒ was set to 9\. Then it has the text "Stately"\. It should have "Stately\\0\\0"
a write replaces the file ⇒ old[:offset] + data + old[offset + len(data) :] ⇒ data
  ⇒ Then it has the text "MY"\. .*what is before and behind it stays
a write inserts ⇒ old[offset + len(data) :] ⇒ old[offset:] ⇒ Then it has the text "A storage of MYmy own
the folder of the root ⇒ FOLDERS[folder or "/"] ⇒ FOLDERS[folder] ⇒ storage\.py:\d+: create failed: KeyError: ''
self forgotten ⇒ def list(self, path) ⇒ def list(path)
  ⇒ storage\.py:\d+: list takes 0 arguments; write list\(self, path\)
`,
};

/** Makes the mistakes of a table's rows. */
const readMistakes = (language: LessonLanguage, table: readonly Row[] = []): Mistake[] =>
  table.map(([name, ...cells]) => {
    const read = (text: string): string => text.replaceAll('\\n', '\n').replaceAll('\\`', '`');
    const [from, to, answer, breaks] = cells as readonly string[];
    return {
      name,
      language,
      from: read(from!),
      to: read(to!),
      answer: new RegExp(answer!, 's'),
      breaks: breaks && read(breaks),
    };
  });

/** Lists the mistakes of a lesson. */
export const listMistakes = (lesson: string): readonly Mistake[] => [
  ...readMistakes('javascript', inJavaScript[lesson]),
  ...readMistakes('python', inPython[lesson]),
];

/** Sentences with 'must', 'never', 'always' or 'only' that state a fact, or are about what the rows of a table say one by one. */
export const factualSentences: readonly string[] = [
  'what your translator must do',
  'is a clock that never goes backwards',
  'you write only the fops that you want to change',
  'you have seen the way down only',
];
