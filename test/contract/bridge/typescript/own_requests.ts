/** Winds its own requests from init, hooks, notify, and after an answer. */
import {
  type Cbk,
  defaultNotify,
  defineTranslator,
  type Entry,
  entryFops,
  errnoName,
  type Fop,
  type Frame,
  Loc,
  Stack,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

/** The pid of the module's own requests. */
const PID = -100;

interface State {
  /** Wound when a child is up. */
  pending: string[];
}

const own = (xl: Xlator<State>, op: string): Frame => xl.begin(new Stack(0, 0, PID, op));

function look(xl: Xlator<State>, when: string): void {
  const frame = own(xl, 'STAT');
  frame.local = when;
  wind.stat(frame, 0, looked, xl.children[0]!, new Loc(xl.inodes!.root), null);
}

const looked: Cbk<'stat', State> = (frame, _cookie, xl, _opRet, _opErrno, buf, xdata) => {
  xl.end(frame.root);
  const key = xdata?.get('key') ?? '-';
  xl.context.after(1, () => xl.log.info(`${frame.local}: ${buf!.iaSize} bytes, ${key}`));
};

const access: Fop<'access', State> = (frame, xl, loc) => {
  unwind.access(frame, 0, 0, null);
  wind.readlink(own(xl, 'READLINK'), 0, readlinkCbk, xl.children[0]!, loc, 100, null);
};

const readlinkCbk: Cbk<'readlink', State> = (frame, _cookie, xl, opRet, opErrno) => {
  xl.end(frame.root);
  if (opRet < 0) xl.log.info(`readlink: ${errnoName(opErrno)}`);
};

const lookup: Fop<'lookup', State> = (frame, xl, loc, xdata) => {
  const { table } = loc.parent!;
  const name = `${loc.name}.old`;
  const inode = table.grep(loc.parent!, name) ?? table.newInode();
  wind.lookup(frame, 0, lookupCbk, xl.children[0]!, loc, xdata);
  const other = new Loc(inode, loc.parent, name);
  wind.lookup(frame, 0, beside, xl.children[0]!, other, null);
};

const lookupCbk: Cbk<'lookup', State> = (frame, _cookie, _xl, opRet, opErrno, ...reply) => {
  unwind.lookup(frame, opRet, opErrno, ...reply);
};

const beside: Cbk<'lookup', State> = (_frame, _cookie, xl, opRet, _opErrno, _inode, buf) => {
  if (opRet >= 0) xl.log.info(`beside: type ${buf!.iaType}`);
};

const entries = entryFops<State>({
  before() {},
  after(xl, { created }: Entry, opRet) {
    if (created !== null && opRet >= 0) look(xl, created.name!);
  },
});

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { access, lookup, ...entries },
  // Nothing below is there yet.
  init: () => ({ pending: ['init'] }),
  notify(xl, event, data) {
    defaultNotify(xl, event, data);
    if (event !== 'CHILD_UP') return;
    for (const when of xl.priv.pending.splice(0)) look(xl, when);
    look(xl, event);
  },
});
