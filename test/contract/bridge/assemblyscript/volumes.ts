/** Modules of the contract for the volume: its life, options, subvolumes and own requests. */
import {
  Answer,
  Child,
  Dict,
  EACCES,
  EIO,
  ENOENT,
  fop,
  Frame,
  KeptReply,
  Loc,
  log,
  Option,
  Reply,
  reply,
  ROOT_GFID,
  Translator,
  volume,
} from 'glossa';
import { json } from './shapes';

/** The first edition of a module that is edited. */
export class Edition1 extends Translator {
  private count: i32 = 0;

  statfs(_frame: Frame, _: fop.Statfs): Answer {
    return ++this.count;
  }
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.wind(it);
  }
  statCbk(_frame: Frame, _: reply.Stat): Answer {
    return ENOENT;
  }
  dumpState(state: Dict): void {
    state.set('count', this.count);
  }
  fini(): void {
    log.info('the first edition ends');
  }
}

/** The second edition of a module that is edited. */
export class Edition2 extends Translator {
  private count: i32 = 0;

  statfs(_frame: Frame, _: fop.Statfs): Answer {
    return ++this.count;
  }
  access(_frame: Frame, _: fop.Access): Answer {
    return EACCES;
  }
  loadState(state: Dict): void {
    this.count = <i32>state.getInt('count');
  }
}

/** An edition that refuses to start. */
export class EditionRefuses extends Translator {
  init(): string | null {
    return 'not today';
  }
}

/** Fails each fop in a different way. */
export class Failing extends Translator {
  private count: i32 = 0;
  private kept: Frame[] = [];

  statfs(_frame: Frame, _: fop.Statfs): Answer {
    return ++this.count;
  }
  access(_frame: Frame, _: fop.Access): Answer {
    return -1;
  }
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.wind(it);
  }
  statCbk(_frame: Frame, _: reply.Stat): Answer {
    return -1;
  }
  flush(frame: Frame, it: fop.Flush): Answer {
    it.xdata = new Dict().set('mine', 1);
    frame.windThen(it, (_: Failing, frame: Frame, it: Reply): Answer => frame.unwind(it));
    return -1;
  }
  readlink(frame: Frame, _: fop.Readlink): Answer {
    this.kept.push(frame);
    return frame.hold();
  }
  fsync(_frame: Frame, _: fop.Fsync): Answer {
    while (true) this.count++;
    return 0;
  }
}

/** The replies of several children. */
class Answers {
  count: i32 = 0;
  opRet: i64 = 0;
  size: i64 = 0;
  kept: KeptReply | null = null;
}

/** Asks every child at once, and answers with the worst result when the last has replied. */
export class Fan extends Translator {
  setattr(frame: Frame, it: fop.Setattr): Answer {
    frame.local = new Answers();
    for (let i = 0; i < volume.children.length; i++) frame.wind(it, volume.children[i]);
    return frame.later();
  }
  setattrCbk(frame: Frame, it: reply.Setattr): Answer {
    log.info(`${frame.child!.name}: ${it.opRet}`);
    const answers = frame.local as Answers;
    answers.count++;
    if (answers.kept === null || it.opRet < answers.opRet) {
      answers.opRet = it.opRet;
      answers.kept = frame.keepReply();
    }
    return answers.count == volume.children.length ? frame.unwindKept(answers.kept!) : frame.later();
  }
}

/** Asks every child at once, and answers with the first success, or the last failure. */
export class First extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    const answers = new Answers();
    frame.local = answers;
    for (let i = 0; i < volume.children.length; i++) {
      answers.count++;
      frame.wind(it, volume.children[i]);
    }
    return frame.later();
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    const answers = frame.local as Answers;
    answers.count--;
    log.info(`${frame.child!.name}: ${it.opRet}${frame.answered ? ' late' : ''}`);
    const decides = !frame.answered && (it.opRet >= 0 || answers.count == 0);
    return decides ? frame.unwind(it) : frame.later();
  }
}

/** Asks all children at once, and waits for what it needs of their replies. */
export class Gather extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    frame.local = new Answers();
    for (let i = 0; i < volume.children.length; i++) frame.wind(it, volume.children[i]);
    return frame.later();
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    if (it.opRet < 0) return it.opErrno;
    const size = it.buf!.iaSize;
    const answers = frame.local as Answers;
    if (answers.kept === null || size > answers.size) {
      answers.size = size;
      answers.kept = frame.keepReply();
    }
    answers.count++;
    return answers.count == volume.children.length ? frame.unwindKept(answers.kept!) : frame.later();
  }
  // Any success counts.
  access(frame: Frame, it: fop.Access): Answer {
    frame.local = new Answers();
    for (let i = 0; i < volume.children.length; i++) frame.wind(it, volume.children[i]);
    return frame.later();
  }
  accessCbk(frame: Frame, it: reply.Access): Answer {
    const answers = frame.local as Answers;
    answers.count++;
    const isLast = answers.count == volume.children.length;
    return !frame.answered && (it.opRet >= 0 || isLast) ? frame.unwind(it) : frame.later();
  }
}

/** Logs its construction, init, events and fini. */
export class Life extends Translator {
  init(): string | null {
    log.info(`made ${volume.name} over ['${volume.child!.name}']`);
    log.info(`init, ${volume.child!.type}`);
    return null;
  }
  notify(event: string, _: Child | null): void {
    log.info(`event ${event}`);
  }
  fini(): void {
    log.info('fini');
  }
}

/** Winds a stat before it passes a removal on. */
export class Other extends Translator {
  unlink(frame: Frame, it: fop.Unlink): Answer {
    return this.look(frame, it.loc);
  }
  rmdir(frame: Frame, it: fop.Rmdir): Answer {
    return this.look(frame, it.loc);
  }
  private look(frame: Frame, loc: Loc): Answer {
    return frame.windThen(new fop.Stat(loc), (_: Other, frame: Frame, it: reply.Stat): Answer => {
      if (it.opRet < 0) return it.opErrno;
      log.info(`it has ${it.buf!.iaSize} bytes`);
      return frame.tailSame();
    });
  }
}

function look(when: string): void {
  const request = volume.request();
  request.local = when;
  const stat = new fop.Stat(new Loc(null, null, null, ROOT_GFID));
  request.windThen(stat, (_: OwnRequests, frame: Frame, it: reply.Stat): Answer => {
    if (it.opRet < 0) return it.opErrno;
    const xdata = it.xdata;
    const key = xdata === null || !xdata.has('key') ? '-' : xdata.getText('key')!;
    const shown = `${frame.local as string}: ${it.buf!.iaSize} bytes, ${key}`;
    volume.after(0.001, (text: string): void => log.info(text), shown);
    return frame.later();
  });
}

/** Winds its own requests from init, hooks, notify, and after an answer. */
export class OwnRequests extends Translator {
  init(): string | null {
    look('init');
    return null;
  }
  entryCreated(loc: Loc): void {
    look(loc.name!);
  }
  notify(event: string, _: Child | null): void {
    if (event == 'CHILD_UP') look(event);
  }
  access(frame: Frame, it: fop.Access): Answer {
    frame.unwind(new reply.Access());
    volume.request().windThen(new fop.Readlink(it.loc, 100), (_: OwnRequests, frame: Frame, it: reply.Readlink): Answer => {
      if (it.opRet < 0) log.info(`readlink: ${it.opErrno == EIO ? 'EIO' : it.opErrno == ENOENT ? 'ENOENT' : it.opErrno.toString()}`);
      return frame.later();
    });
    return 0;
  }
  lookup(frame: Frame, it: fop.Lookup): Answer {
    frame.windThen(it, (_: OwnRequests, frame: Frame, it: reply.Lookup): Answer => frame.unwind(it));
    // A loc of one's own: the host finds or makes its inode.
    const beside = new Loc(null, it.loc.parent, it.loc.name! + '.old');
    return frame.windThen(new fop.Lookup(beside), (_: OwnRequests, frame: Frame, it: reply.Lookup): Answer => {
      const buf = it.buf;
      if (buf !== null) log.info(`beside: type ${buf.iaType}`);
      return frame.later();
    });
  }
}

/** Asks one child after the other until one succeeds. */
export class Retry extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.wind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    const next = frame.child!.index + 1;
    if (it.opRet < 0 && next < volume.children.length) return frame.windSame(volume.children[next]);
    return frame.unwind(it);
  }
}

const TEXT = Option.str('text', 'quiet', 'some text');
const CHOICE = Option.oneOf('choice', ['one', 'two']);
const COUNT = Option.int('count', '3', '', 1, 10);
const SHARE = Option.double('share', '0.5');
const ENABLED = Option.bool('enabled', 'on');
const CACHE_SIZE = Option.size('cache-size', '1KB');
const TIMEOUT = Option.time('timeout', '60');
const PART = Option.percent('part');
const FOLDER = Option.path('folder');
const LATER = Option.time('later');
export const SETTINGS: Option[] = [
  TEXT, CHOICE, COUNT, SHARE, ENABLED, CACHE_SIZE, TIMEOUT, PART, FOLDER, LATER,
];

function show(option: Option, value: string): string {
  return `"${option.key}":${option.isSet ? value : 'null'}`;
}

/** Logs the values of its options. */
export class Settings extends Translator {
  init(): string | null {
    const values = [
      show(TEXT, json(TEXT.value)),
      show(CHOICE, json(CHOICE.value)),
      show(COUNT, COUNT.value.toString()),
      show(SHARE, SHARE.value.toString()),
      show(ENABLED, ENABLED.value.toString()),
      show(CACHE_SIZE, CACHE_SIZE.value.toString()),
      show(TIMEOUT, TIMEOUT.value.toString()),
      show(PART, PART.value.toString()),
      show(FOLDER, json(FOLDER.value)),
      show(LATER, LATER.value.toString()),
    ];
    log.info(`{${values.join(',')}}`);
    return null;
  }
}

/** Winds stat to the last subvolume, and does not declare a target for undefined fops. */
export class Several extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.tail(it, volume.children[volume.children.length - 1]);
  }
  readlinkCbk(frame: Frame, it: reply.Readlink): Answer {
    return frame.unwind(it);
  }
}

/** Invalidates cached names and inodes, chosen by the looked-up name. */
export class TakeBack extends Translator {
  lookup(frame: Frame, it: fop.Lookup): Answer {
    const name = it.loc.name!;
    const gfid = it.loc.gfid;
    const parent = it.loc.pargfid;
    if (name == 'entry') volume.invalidateEntry(parent, name, false);
    else if (name == 'expire') volume.invalidateEntry(parent, name, true);
    else if (name == 'inode') volume.invalidateInode(gfid, true);
    else if (name == 'attributes') volume.invalidateInode(gfid, false);
    else if (name == 'removed') volume.invalidateRemoved(parent, name, gfid);
    else if (name == 'every') volume.invalidateEntries();
    else if (name == 'wrong') volume.invalidateEntry(parent, 'a/b', false);
    else {
      const forgotten = '01234567-89ab-cdef-0000-000000000000';
      volume.invalidateInode(forgotten, true);
      volume.invalidateEntry(forgotten, 'name', false);
    }
    return frame.tail(it);
  }
}

/** Logs at every level. */
export class Talk extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    log.critical('critical');
    log.error('error 1');
    log.warning('warning');
    log.info('info');
    log.debug('debug');
    log.debug('trace');
    log.info('printed 1 2');
    log.info('half a line, and the rest');
    log.info('and another');
    log.warning('to stderr');
    log.info('wrong %d');
    log.info(`a name: ${it.loc.name!}`);
    return frame.tail(it);
  }
  access(frame: Frame, it: fop.Access): Answer {
    if (log.enabled(log.DEBUG)) abort('this line is never read');
    return frame.tail(it);
  }
}

export const SIZE = Option.int('size', '1');

/** Reconfigures its option while it runs, and has a statedump. */
export class Tunable extends Translator {
  private size: i64 = SIZE.value;

  reconfigure(): void {
    const before = this.size;
    this.size = SIZE.value;
    log.info(`size ${this.size}, was ${before}`);
  }
  statedump(dump: Dict): void {
    dump.set('size', this.size).set('what', 'a test');
  }
}

/** Is up while any child is up, and logs the events of each child. */
export class Ups extends Translator {
  init(): string | null {
    volume.sayUp(false);
    return null;
  }
  notify(event: string, child: Child | null): void {
    log.info(`${event} ${child === null ? 'None' : child.name}`);
    if (child === null) return;
    let isUp = false;
    for (let i = 0; i < volume.children.length; i++) isUp = isUp || volume.children[i].isUp;
    volume.sayUp(isUp);
  }
}

/** Logs the caller of each request. */
export class Who extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    const root = frame.root;
    const groups = root.groups;
    const listed = groups === null ? '' : groups.join(',');
    const caller = `${root.uid},${root.gid},${root.pid},[${listed}],"${root.lkOwner}","${root.op}"`;
    log.info(`["${frame.row!.name}",${caller},${root.unique > 0}]`);
    return frame.tail(it);
  }
  access(frame: Frame, it: fop.Access): Answer {
    return frame.wind(it);
  }
  accessCbk(frame: Frame, it: reply.Access): Answer {
    log.info(`["${frame.row!.name}", ${frame.root.uid}]`);
    return frame.unwind(it);
  }
}

/** Logs the state of each child on access. */
export class WhoIsUp extends Translator {
  access(frame: Frame, _: fop.Access): Answer {
    let text = '';
    for (let i = 0; i < volume.children.length; i++) text += volume.children[i].isUp ? '+' : '-';
    log.info(text);
    return frame.unwind(new reply.Access());
  }
}
