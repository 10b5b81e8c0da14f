/** Opens, uses and closes files by its own requests. */
import { Loc, Translator } from 'glossa';

const O_RDONLY = 0;
const O_RDWR = 2;

export class xlator extends Translator {
  kept = [];

  async getxattr(_frame, loc) {
    const { fd } = await this.child.open(Loc.of({ inode: loc.inode }), O_RDONLY);
    try {
      const { vector } = await this.child.readv(fd, 100, 0, 0);
      return { dict: { content: vector.copy() } };
    } finally {
      fd.close();
    }
  }

  async removexattr(_frame, loc, name) {
    const made = await this.child.create(Loc.of({ parent: loc.parent, name }), O_RDWR, 0o600, 0);
    this.kept.push(made.fd);
    await this.child.writev(made.fd, new TextEncoder().encode('content'), 0, 0);
  }

  async access(_frame, loc) {
    const { fd } = await this.child.opendir(loc);
    if (!fd.isDir) throw new Error('no directory');
    const listing = await this.child.readdir(fd, 100, 0);
    fd.close();
    this.log.info('%d entries', listing.opRet);
  }

  flush(_frame, fd) {
    fd.close();
  }

  async fsync() {
    this.kept[0].close();
    this.kept[0].close();
    return {};
  }
}
