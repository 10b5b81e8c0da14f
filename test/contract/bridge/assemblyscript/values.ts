/** Modules of the contract for the values of fops. */
import {
  Answer,
  ATTRIBUTE_TIMEOUT,
  Client,
  Dict,
  Dirent,
  EAGAIN,
  EINVAL,
  EIO,
  ENOENT,
  ENOTDIR,
  ENTRY_TIMEOUT,
  Fd,
  fop,
  Frame,
  Iatt,
  Loc,
  log,
  NEGATIVE_TIMEOUT,
  NULL_GFID,
  O_RDONLY,
  O_RDWR,
  reply,
  Translator,
  volume,
} from 'glossa';
import { clients } from 'glossa/root';

function changeCase(bytes: Uint8Array, first: i32, offset: i32): Uint8Array {
  const changed = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte: i32 = bytes[i];
    changed[i] = <u8>(byte >= first && byte < first + 26 ? byte + offset : byte);
  }
  return changed;
}

/** Reads data, and passes on other data. */
export class BytesUpper extends Translator {
  readv(frame: Frame, it: fop.Readv): Answer {
    return frame.wind(it);
  }
  readvCbk(frame: Frame, it: reply.Readv): Answer {
    if (it.opRet < 0) return it.opErrno;
    const vector = it.vector;
    if (vector === null || it.opRet != vector.length) return EINVAL;
    it.vector = changeCase(vector, 0x61, -32);
    return frame.unwind(it);
  }
  writev(frame: Frame, it: fop.Writev): Answer {
    const bytes = it.vector;
    if (it.offset == 1) it.vector = bytes.subarray(1, 4); // a part
    else if (it.offset == 2) {
      const half = new Uint8Array((bytes.length + 1) / 2); // every second byte
      for (let i = 0; i < half.length; i++) half[i] = bytes[2 * i];
      it.vector = half;
    } else if (it.offset == 3) it.vector = new Uint8Array(0); // nothing at all
    else it.vector = changeCase(bytes, 0x41, 32);
    return frame.tail(it);
  }
}

class Requests {
  count: i32 = 0;
}

/** Counts each client's requests, and logs disconnects; access logs the number of known clients. */
export class Clients extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    const client = frame.root.client;
    if (client === null) log.info('no client');
    else {
      if (client.ctx === null) client.ctx = new Requests();
      const requests = client.ctx as Requests;
      requests.count++;
      log.info(`${client.uid} ${requests.count}`);
    }
    return frame.wind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    return frame.unwind(it);
  }
  access(frame: Frame, _: fop.Access): Answer {
    let known = 0;
    const all = clients.values();
    for (let i = 0; i < all.length; i++) if (all[i].ctx !== null) known++;
    log.info(`knows ${known}`);
    return frame.unwind(new reply.Access());
  }
  clientDisconnect(client: Client): void {
    const count = client.ctx === null ? 0 : (client.ctx as Requests).count;
    log.info(`gone ${client.uid} ${count}`);
  }
}

function countRequest(note: Object | null): Requests {
  const requests = note === null ? new Requests() : (note as Requests);
  requests.count++;
  return requests;
}

/** Counts the requests for each inode and fd in its ctx. */
export class Ctx extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    const inode = it.loc.inode;
    if (inode === null) return EIO;
    const requests = countRequest(inode.ctx);
    inode.ctx = requests;
    log.info(`${it.loc.name!} ${requests.count}`);
    return frame.tail(it);
  }
  lookupCbk(frame: Frame, it: reply.Lookup): Answer {
    const inode = it.inode;
    if (inode !== null) {
      const requests = countRequest(inode.ctx);
      inode.ctx = requests;
      log.info(`new ${requests.count}`);
    }
    return frame.unwind(it);
  }
  fstat(frame: Frame, it: fop.Fstat): Answer {
    const ofFd = countRequest(it.fd.ctx);
    it.fd.ctx = ofFd;
    const ofInode = countRequest(it.fd.inode.ctx);
    it.fd.inode.ctx = ofInode;
    log.info(`fd ${ofFd.count} inode ${ofInode.count}`);
    return frame.tail(it);
  }
}

/** Drops, renames, changes and adds entries of listings, and keeps one for later. */
export class Entries extends Translator {
  private kept: Dirent[] = [];

  readdirpCbk(frame: Frame, it: reply.Readdirp): Answer {
    if (it.opRet < 0) return it.opErrno;
    const entries = it.entries!;
    const shown: Dirent[] = [];
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.name.startsWith('.')) continue;
      entry.name = entry.name.toUpperCase();
      shown.push(entry);
    }
    const stat = new Iatt();
    stat.iaSize = 3;
    shown.push(new Dirent('added', 99, 8, NULL_GFID, stat));
    this.kept = shown;
    it.entries = shown;
    return frame.unwind(it);
  }
  readdir(frame: Frame, it: fop.Readdir): Answer {
    if (this.kept.length == 0) return frame.wind(it);
    const own = new reply.Readdir();
    own.entries = this.kept;
    return frame.unwind(own);
  }
  readdirCbk(frame: Frame, it: reply.Readdir): Answer {
    if (it.opRet < 0) return it.opErrno;
    const entries = it.entries!;
    entries.shift();
    entries[0].stat!.iaSize = 77;
    return frame.unwind(it);
  }
}

/** Logs what a callback knows of its wind: a note, or the child that replied. */
export class Cookies extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.wind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    log.info(frame.child!.name);
    return frame.unwind(it);
  }
  access(frame: Frame, it: fop.Access): Answer {
    return frame.windThen(
      it,
      (_: Cookies, frame: Frame, it: reply.Access): Answer => {
        log.info(frame.child!.name);
        return frame.unwind(it);
      },
      volume.children[1],
    );
  }
  readlink(frame: Frame, it: fop.Readlink): Answer {
    frame.local = 'a note';
    return frame.windThen(it, (_: Cookies, frame: Frame, it: reply.Readlink): Answer => {
      log.info(frame.local as string);
      return frame.unwind(it);
    });
  }
}

/** Passes a note from each fop to its callback in frame.local. */
export class Notes extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    frame.local = frame.local === null ? it.loc.name! : 'there was one already';
    return frame.wind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    log.info(frame.local as string);
    return frame.unwind(it);
  }
}

/** Opens, uses and closes files by its own requests. */
export class OwnFds extends Translator {
  private kept: Fd[] = [];

  getxattr(frame: Frame, it: fop.Getxattr): Answer {
    const open = new fop.Open(new Loc(it.loc.inode), O_RDONLY);
    return frame.windThen(open, (_: OwnFds, frame: Frame, it: reply.Open): Answer => {
      if (it.opRet < 0) return it.opErrno;
      const fd = it.fd!.keep();
      frame.local = fd;
      return frame.windThen(new fop.Readv(fd, 100, 0, 0), (_: OwnFds, frame: Frame, it: reply.Readv): Answer => {
        frame.close(frame.local as Fd);
        if (it.opRet < 0) return it.opErrno;
        const own = new reply.Getxattr();
        own.dict = new Dict().set('content', it.vector!);
        return frame.unwind(own);
      });
    });
  }
  removexattr(frame: Frame, it: fop.Removexattr): Answer {
    const loc = new Loc(null, it.loc.parent, it.name);
    return frame.windThen(new fop.Create(loc, O_RDWR, 0o600, 0), (translator: OwnFds, frame: Frame, it: reply.Create): Answer => {
      if (it.opRet < 0) return it.opErrno;
      const fd = it.fd!.keep();
      translator.kept.push(fd);
      const content = Uint8Array.wrap(String.UTF8.encode('content'));
      return frame.windThen(new fop.Writev(fd, content, 0, 0), (_: OwnFds, frame: Frame, it: reply.Writev): Answer =>
        it.opRet < 0 ? it.opErrno : frame.unwind(new reply.Removexattr()),
      );
    });
  }
  access(frame: Frame, it: fop.Access): Answer {
    return frame.windThen(new fop.Opendir(it.loc), (_: OwnFds, frame: Frame, it: reply.Opendir): Answer => {
      if (it.opRet < 0) return it.opErrno;
      const fd = it.fd!.keep();
      if (!fd.isDir) return ENOTDIR;
      frame.local = fd;
      return frame.windThen(new fop.Readdir(fd, 100, 0), (_: OwnFds, frame: Frame, it: reply.Readdir): Answer => {
        frame.close(frame.local as Fd);
        log.info(`${it.opRet} entries`);
        return frame.unwind(new reply.Access());
      });
    });
  }
  flush(frame: Frame, it: fop.Flush): Answer {
    frame.close(it.fd);
    return frame.later();
  }
  fsync(frame: Frame, _: fop.Fsync): Answer {
    frame.close(this.kept[0]);
    return frame.unwind(new reply.Fsync());
  }
}

/** Makes dicts, and changes those of requests. */
export class PlainDict extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    const bin = new Uint8Array(2);
    bin[1] = 0xff;
    it.xdata = new Dict().set('int', 1).set('str', 's').set('bin', bin).set('half', 0.5).set('yes', true);
    return frame.tail(it);
  }
  access(frame: Frame, it: fop.Access): Answer {
    const dict = it.xdata;
    if (dict === null) return EINVAL;
    const buf = dict.find('buf')!.iatt!.copy();
    buf.iaSize = 5;
    dict.set<u64>('count', 2).setGfid('gfid-req', NULL_GFID).set('text', 3).set<u64>('owner', 7);
    dict.delete('gone');
    dict.set('buf', buf);
    return frame.tail(it);
  }
}

/** A reply that waits for another. */
class Link {
  constructor(
    readonly frame: Frame,
    readonly reply: reply.Readlink,
  ) {}
}

/**
 * Requests that share replies: one request to the child for all who ask at the same time, and requests that answer
 * with each other's reply.
 */
export class Shared extends Translator {
  private stats: Frame[] = [];
  private asked: bool = false;
  private waiting: Link | null = null;

  stat(frame: Frame, it: fop.Stat): Answer {
    if (this.asked) {
      this.stats.push(frame);
      return frame.hold();
    }
    this.asked = true;
    return frame.windThen(it, (translator: Shared, frame: Frame, it: reply.Stat): Answer => {
      translator.asked = false;
      while (translator.stats.length > 0) translator.stats.shift().unwind(it);
      return frame.unwind(it);
    });
  }
  readlink(frame: Frame, it: fop.Readlink): Answer {
    return frame.windThen(it, (translator: Shared, frame: Frame, it: reply.Readlink): Answer => {
      if (it.opRet < 0) return it.opErrno;
      const other = translator.waiting;
      if (other === null) {
        translator.waiting = new Link(frame, it);
        return frame.hold();
      }
      translator.waiting = null;
      other.frame.unwind(it);
      other.reply.xdata = null;
      return frame.unwind(other.reply);
    });
  }
}

/** Sets cache times on its replies. */
export class Timeouts extends Translator {
  lookup(frame: Frame, it: fop.Lookup): Answer {
    if (it.loc.name != 'absent') return frame.wind(it);
    const failure = reply.Lookup.failure(ENOENT);
    failure.xdata = new Dict().set(NEGATIVE_TIMEOUT, 60.0);
    return frame.unwind(failure);
  }
  lookupCbk(frame: Frame, it: reply.Lookup): Answer {
    const xdata = it.xdata === null ? new Dict() : it.xdata!;
    it.xdata = xdata.set(ENTRY_TIMEOUT, 3.5).set(ATTRIBUTE_TIMEOUT, 7.0);
    return frame.unwind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    const xdata = it.xdata === null ? new Dict() : it.xdata!;
    it.xdata = xdata.set(ATTRIBUTE_TIMEOUT, 9.0);
    return frame.unwind(it);
  }
}

/** Winds to the child again after a failure, from the callback. */
export class RetryCbk extends Translator {
  statCbk(frame: Frame, it: reply.Stat): Answer {
    return it.opRet < 0 && it.opErrno == EAGAIN ? frame.windSame() : frame.unwind(it);
  }
}
