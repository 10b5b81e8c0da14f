/**
 * Replaces names in a redacted recording by numbers, `~1`, `~2`, …, the same number each time, so
 * that a reader can follow a name and cannot guess it.
 */

/** The most names known at a time; then all get new numbers. */
const KNOWN_MAX = 65_536;

export class HiddenNames {
  private readonly numbers = new Map<string, number>();
  private last = 0;

  /** The replacement of one name. */
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

  /** Replaces each component of a path, except the runtime's own `<gfid:…>`. */
  path(path: string): string {
    return path
      .split('/')
      .map((part) => (part === '' || /^<gfid:[\da-f-]*>$/.test(part) ? part : this.name(part)))
      .join('/');
  }

  /** Replaces the key of a dict if a user may have chosen it. */
  key(key: string): string {
    return key.startsWith('user.') ? `user.${this.name(key)}` : key;
  }
}
