/**
 * Names in a recording that is to hide them: each becomes a number, `~1`, `~2`, …, the same one every
 * time, so that it can be followed through a recording, and nothing can be found out by guessing.
 */

/** So many are known at a time; then all are forgotten, and get new numbers. */
const KNOWN_MAX = 65_536;

export class HiddenNames {
  private readonly numbers = new Map<string, number>();
  private last = 0;

  /** One name. */
  name(name: string): string {
    let number = this.numbers.get(name);
    if (number === undefined) {
      if (this.numbers.size >= KNOWN_MAX) this.numbers.clear();
      this.last += 1;
      number = this.last;
      this.numbers.set(name, number);
    }
    return `~${number}`;
  }

  /** Each component of a path. What the runtime itself says instead of one (`<gfid:…>`) is kept. */
  path(path: string): string {
    return path
      .split('/')
      .map((part) => (part === '' || /^<gfid:[\da-f-]*>$/.test(part) ? part : this.name(part)))
      .join('/');
  }

  /** The key of a dict: what a user may have named an attribute. */
  key(key: string): string {
    return key.startsWith('user.') ? `user.${this.name(key)}` : key;
  }
}
