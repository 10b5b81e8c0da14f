/** Tests of structures, pointers and host functions in modules for the original glupy. */
import { describe, expect, it } from 'vitest';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../runtime/core/iatt.ts';
import type { Loc } from '../../runtime/core/operands.ts';
import { type RunningModule, startModule } from '../support/module.ts';
import { takeTexts } from './bridge/requests.ts';
import { Samples } from './bridge/values.ts';

/** A module of this text, behind the import that each begins with. */
const startOld = (source: string, from = 'gluster.glupy') =>
  startModule({ 'm.py': `from ${from} import *\n${source}` });

const SIZED = Object.assign(new Iatt(), { iaType: IA_IFREG, iaProt: 0o644, iaNlink: 1, iaSize: 7 });

/** Values or exceptions of expressions about the arguments of a stat. */
async function evaluateAll(expressions: readonly string[], before = 'pass'): Promise<string[]> {
  const tried = expressions.map(
    (expression) => `
        try:
            print(${expression})
        except Exception as error:
            print(type(error).__name__ + ": " + str(error))`,
  );
  const run = await startOld(`
registry = {}

class xlator(Translator):
    def __init__(self, c_this):
        Translator.__init__(self, c_this)
        registry[c_this] = self
        self.number = c_this

    def stat_fop(self, frame, this, loc, xdata):
        ${before}
${tried.join('')}
        dl.wind_stat(frame, POINTER(xlator_t)(), loc, xdata)
        return 0
`);
  run.takeLines();
  run.ask('stat', run.knownLoc('a'), null);
  run.takeRequests()[0]!.answer(0, 0, SIZED, null);
  run.expectSettled();
  return takeTexts(run);
}

const TRUE = [
  ['loc.contents.name', 'a'],
  ['loc.contents.name == b"a", loc.contents.name == "a"', 'True True'],
  ['loc.contents.name.decode("utf-8"), bytes(loc.contents.name)', "a b'a'"],
  [
    'b"pre-" + loc.contents.name, loc.contents.name + b".x", loc.contents.name + "!"',
    "b'pre-a' b'a.x' a!",
  ],
  [
    'cast(cast(loc.contents.path, c_void_p), c_char_p).value, cast(loc.contents.path, c_void_p).value > 0',
    '/a True',
  ],
  ['"/" in loc.contents.path, loc.contents.path.startswith(b"/")', 'True True'],
  ['len(loc.contents.gfid), sum(loc.contents.pargfid)', '16 1'],
  ['bool(xdata), bool(loc), bool(POINTER(xlator_t)())', 'False True False'],
  ['loc.contents.inode.contents.ia_type == IA_IFREG, IA_IFSOCK', 'True 7'],
  ['loc.contents.parent.contents.gfid[15], loc.contents.parent.contents.ia_type', '1 2'],
  ['loc.contents.inode.contents.table.contents.lru_size', '0'],
  ['bool(loc.contents.inode.contents.ctx), loc.contents.inode.contents.nlookup', 'False 0'],
  ['type(frame) is POINTER(call_frame_t), type(loc) is POINTER(loc_t)', 'True True'],
  ['POINTER(loc_t) is POINTER(loc_t), (c_ubyte * 16) is (c_ubyte * 16)', 'True True'],
  ['addressof(frame.contents) == addressof(frame.contents)', 'True'],
  ['cast(frame, c_void_p).value == addressof(frame.contents)', 'True'],
  ['"{:s}".format(POINTER(fd_t)()), "%s" % POINTER(fd_t)()', '<LP_fd_t NULL> <LP_fd_t NULL>'],
  [
    'c_uint8(257).value, c_int(2 ** 31).value, c_size_t(-1).value',
    '1 -2147483648 18446744073709551615',
  ],
  [
    'create_string_buffer(b"ab").value, create_string_buffer(4).raw',
    "b'ab' b'\\x00\\x00\\x00\\x00'",
  ],
  ['string_at(loc.contents.name), string_at(loc.contents.path, 1)', "b'a' b'/'"],
  ['sizeof(c_int), sizeof(c_ubyte * 16), sizeof(c_char_p)', '4 16 8'],
  ['[int(x) for x in (c_int * 3)(1, 2)], pointer(c_int(5))[0]', '[1, 2, 0] 5'],
  ['OpLookup.fop_sig[3] is POINTER(loc_t), OpRmdir.cbk_type.restype is c_int', 'True True'],
  [
    'CDLL("", RTLD_GLOBAL) is dl, CDLL(os.getenv("PATH_GLUSTERFS_GLUPY_MODULE")) is dl',
    'True True',
  ],
  ['sys.modules["ctypes"].POINTER is POINTER', 'True'],
  ['loc.contents.glupy.name, this.contents.glupy.name', 'a top'],
  ['memmove(made, b"abc", 2) is made, made.raw', "True b'ab\\x00\\x00'"],
  ['memset(made, 0x41, 3).raw, memmove(made, loc.contents.name, 1)[0]', "b'AAA\\x00' b'a'"],
  [
    'create_unicode_buffer("é").value, len(create_unicode_buffer(3)), wstring_at(loc.contents.name)',
    'é 3 a',
  ],
  ['set_errno(5), get_errno(), set_errno(0)', '0 5 5'],
  ['issubclass(BigEndianStructure, Structure), alignment(c_int), sizeof(c_wchar)', 'True 4 4'],
  [
    'cdll.LoadLibrary("glupy.so") is dl, c_voidp is c_void_p, ARRAY(c_int, 2) is c_int * 2',
    'True True True',
  ],
  ['"{0:s} {1:>5s}".format(None, "a"), "{:s}".format(loc)[:10]', 'None     a <LP_loc_t '],
  ['"{name:s} {0.path:s}".format(loc.contents, name=None)', 'None /a'],
  [
    'registry[addressof(this.contents)] is self, addressof(this.contents) == self.number',
    'True True',
  ],
  ['registry[cast(this, c_void_p).value] is self', 'True'],
  ["repr(loc.contents).startswith(\"<loc_t path='/a' name='a' inode=<LP_inode_t 0x\")", 'True'],
  ['iatt_t(ia_size=7, ia_type=1)', '<iatt_t ia_type=1 ia_size=7>'],
  ['this.contents, loc.contents.parent.contents.ia_type', /^<xlator_t <.*> 2$/],
  ['dl.get_id(frame) > 0, dl.wind_stat.argtypes[2] is POINTER(loc_t)', 'True True'],
] as const satisfies readonly (readonly [string, string | RegExp])[];

const WRONG = [
  ['xdata.contents', 'ValueError: NULL pointer access'],
  ['POINTER(iatt_t)().contents.ia_size', 'ValueError: NULL pointer access'],
  [
    'dl.wind_rename(frame, None)',
    'TypeError: wind_rename takes (frame, xl, oldloc, newloc, xdata), not 2',
  ],
  [
    'dl.unwind_open(frame, 0, this, 0, 0, None, None)',
    'TypeError: unwind_open cannot answer a stat',
  ],
  [
    'dl.wind_open(frame, None, loc, 0, None, None)',
    'TypeError: wind_open in a stat: the reply needs',
  ],
  ['dl.no_such', 'AttributeError: the host has no function no_such'],
  ['POINTER(loc_t)(iatt_t())', 'TypeError: expected loc_t instead of iatt_t instance'],
  ['CDLL("libc.so.6")', 'OSError: libc.so.6: the only library here is the host'],
  ['POINTER(loc_t)._convert(77)', 'TypeError: a number cannot become a pointer'],
  ['dl.get_id(loc)', 'TypeError: a frame is wanted, not'],
  ['(c_int * 2)(1, 2, 3)', 'IndexError: too many values'],
  ['memmove(loc, b"a", 1)', 'TypeError: memmove writes into an array that the module has made'],
  ['memset(create_string_buffer(2), 0, 3)', 'ValueError: 3 bytes do not fit into an array of 2'],
  ['loc_t.from_address(addressof(loc.contents))', 'what a pointer leads to is its .contents'],
  ['c_int.from_buffer(b"1234")', 'no memory can be read as a c_int'],
  ['resize(loc, 1)', 'nothing can be resized: make another'],
  ['__import__("ctypes").windll', 'windll is not in the ctypes of modules for the original glupy'],
  ['dl.set_open_fop(1, None)', 'ValueError: 1 is not the translator'],
] as const;

describe('structures and pointers in a glupy module', () => {
  it('behave as in the original glupy', async () => {
    const actual = await evaluateAll(
      TRUE.map(([expression]) => expression),
      'made = create_string_buffer(4)',
    );
    const rows = TRUE.map(([expression], at) => [expression, actual[at]]);
    const expected = TRUE.map(([expression, text]) => [
      expression,
      typeof text === 'string' ? text : expect.stringMatching(text),
    ]);
    expect(rows).toEqual(expected);
  });

  it('raise exceptions that name the cause of invalid uses', async () => {
    const actual = await evaluateAll(WRONG.map(([expression]) => expression));
    WRONG.forEach(([expression, text], at) => {
      expect(actual[at], expression).toContain(text);
    });
  });

  it('may be declared by the module', async () => {
    const own = `
        class inner(Structure): _fields_ = [("a", c_int), ("b", c_uint8, 4)]
        class both(Union): _fields_ = [("whole", c_uint32), ("same", c_int)]
        class outer(Structure):
            _anonymous_ = ("u",)
            _fields_ = [("name", c_char_p), ("in_", inner), ("list", inner * 2), ("u", both)]
        made = outer(b"n")
        made.in_.a, made.in_.b, made.list[1].a, made.whole = 5, 17, 6, 2 ** 32 - 1
        node = list_head(); node.next = pointer(node)
        prot = ia_prot_t(); prot.owner.read = 3`;
    const actual = await evaluateAll(
      [
        'made.name, made.in_.a, made.in_.b, made.list[1].a, made.list[0].a',
        'made.same, made.u.whole',
        'node.next.contents is node, bool(node.prev), sizeof(inner * 2)',
        'prot.owner.read, prot.owner.write, prot.suid',
        'inode_ctx(U_ctx_key_inode(5)).key, mem_pool().name, inode_table_t().hashsize',
      ],
      own.trim(),
    );
    expect(actual).toEqual(['n 5 1 6 0', '-1 4294967295', 'True False 10', '1 0 0', '5 None 0']);
  });
});

/** Sends one fop through a module; returns the child's arguments. */
function sendFop(run: RunningModule, loc: Loc): readonly unknown[] {
  run.ask('stat', loc, null);
  const [held] = run.takeRequests();
  held!.answer(0, 0, SIZED, null);
  run.expectSettled();
  return held!.args;
}

const stat = (body: string, wound = 'loc') => `
class xlator(Translator):
    def stat_fop(self, frame, this, loc, xdata):
        ${body}
        dl.wind_stat(frame, this, ${wound}, xdata)
        return 0
`;

describe('a structure that a glupy module changes', () => {
  it('reaches the child with its new name', async () => {
    const run = await startOld(stat('loc.contents.name = loc.contents.name + "~"'));
    const from = run.knownLoc('a');
    const [loc] = sendFop(run, from) as [Loc];
    expect([loc.name, loc.parent, loc.inode]).toEqual(['a~', from.parent, from.inode]);
  });

  it('reaches the child with its new parent', async () => {
    const body = 'loc.contents.parent = loc.contents.inode; loc.contents.name = b"x"';
    const run = await startOld(stat(body));
    const from = run.knownLoc('d', IA_IFDIR);
    const [loc] = sendFop(run, from) as [Loc];
    expect([loc.name, loc.parent]).toEqual(['x', from.inode]);
  });

  it('reaches the child if it is a loc that the module has made', async () => {
    const body = 'own = loc_t(); own.inode = loc.contents.inode; own.gfid = loc.contents.gfid';
    for (const pointer of ['byref(own)', 'pointer(own)', 'own']) {
      const run = await startOld(stat(body, pointer));
      const from = run.knownLoc('a');
      const [loc] = sendFop(run, from) as [Loc];
      expect([loc.name, loc.parent, loc.inode]).toEqual([null, null, from.inode]);
    }
  });

  it('is sent anew, but one that is only read reaches the child as it came', async () => {
    const run = await startOld(stat('[getattr(loc.contents, name) for name, _ in loc_t._fields_]'));
    const from = run.knownLoc('a');
    expect(sendFop(run, from)[0]).toBe(from);
  });

  const cbk = (body: string, answer = 'buf') => `
class xlator(Translator):
    def stat_cbk(self, frame, cookie, this, op_ret, op_errno, buf, xdata):
        ${body}
        dl.unwind_stat(frame, cookie, this, op_ret, op_errno, ${answer}, xdata)
        return 0
`;

  it.each([
    ['a number', 'buf.contents.ia_size = 9', 'buf', { iaSize: 9, iaNlink: 1, iaProt: 0o644 }],
    ['a permission', 'buf.contents.ia_prot.other.write = 1', 'buf', { iaProt: 0o646, iaSize: 7 }],
    [
      'a gfid',
      'buf.contents.ia_gfid[15] = 255',
      'buf',
      { iaGfid: '00000000-0000-0000-0000-0000000000ff', iaSize: 7 },
    ],
    [
      "the module's own attributes",
      'own = iatt_t(ia_size=3, ia_uid=4)',
      'byref(own)',
      { iaSize: 3, iaUid: 4, iaNlink: 0 },
    ],
  ])('reaches the caller with %s', async (_title, body, answer, expected) => {
    const run = await startOld(cbk(body, answer));
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, SIZED, null);
    run.expectSettled();
    expect(reply.values[0]).toMatchObject(expected);
    // The child's own reply stays as it was.
    expect(SIZED.iaSize).toBe(7);
  });

  it('reaches the child with text that is bytes, str or c_char_p', async () => {
    for (const name of ['b"user.b"', '"user.b"', 'c_char_p(b"user.b")', 'name + "b"']) {
      const run = await startOld(`
class xlator(Translator):
    def getxattr_fop(self, frame, this, loc, name, xdata):
        dl.wind_getxattr(frame, None, loc, ${name}, None)
        return 0
`);
      run.ask('getxattr', run.knownLoc('a'), 'user.', null);
      const [held] = run.takeRequests();
      expect(held!.args[1]).toBe('user.b');
      held!.answer(0, 0, null, null);
    }
  });

  it('reaches the child with replaced data', async () => {
    const run = await startOld(`
class xlator(Translator):
    def writev_fop(self, frame, this, fd, vector, count, offset, flags, iobref, xdata):
        print(count, string_at(vector, 3), bool(iobref))
        dl.wind_writev(frame, None, fd, b"other", 1, c_long(offset + 1), flags, iobref, xdata)
        return 0
`);
    run.takeLines();
    const { fd } = new FdSample(run);
    run.ask('writev', fd, new TextEncoder().encode('data'), 5, 0, null);
    const [held] = run.takeRequests();
    expect(takeTexts(run)).toEqual(["1 b'dat' True"]);
    expect(new TextDecoder().decode(held!.args[1] as Uint8Array)).toBe('other');
    expect(held!.args[2]).toBe(6);
    held!.answer(5, 0, null, null, null);
  });
});

class FdSample {
  readonly fd;
  constructor(run: RunningModule) {
    const [fd] = new Samples(run.graph.inodes).values(
      [{ name: 'fd', type: 'fd', nullable: false, needed: false }],
      true,
    );
    this.fd = fd as never;
  }
}

describe('the package gluster', () => {
  it('exposes a gfid as an array of four integers, and an inode as its address', async () => {
    const run = await startOld(
      `
@stat_fop_t
def stat_fop(frame, this, loc, xdata):
    c = loc.contents
    print(len(c.gfid), c.pargfid[3] == 1 << 24, type(loc) is POINTER(loc_t), c.name)
    inode = cast(c.inode, POINTER(inode_t))
    print(c.inode == addressof(inode.contents), inode.contents.ia_type, c.parent != c.inode)
    c.name = "b"
    dl.wind_stat(frame, POINTER(xlator_t)(), loc, xdata)
    return 0

class xlator:
    def __init__(self, xl):
        dl.set_stat_fop(xl, stat_fop)
`,
      'gluster',
    );
    run.takeLines();
    const from = run.knownLoc('a');
    const [loc] = sendFop(run, from) as [Loc];
    expect(takeTexts(run)).toEqual(['4 True True a', 'True 1 True']);
    expect([loc.name, loc.inode]).toEqual(['b', from.inode]);
  });

  it('has every name of gluster.glupy', async () => {
    const run = await startOld(
      `
import gluster, gluster.glupy
missing = set(gluster.glupy.__all__) - set(gluster.__all__)
print(sorted(missing), lookup_fop_sig[3] is POINTER(loc_t), loc_t is gluster.glupy.loc_t)
class xlator(Translator): pass
`,
      'gluster',
    );
    expect(takeTexts(run)).toContain('[] True False');
  });
});
