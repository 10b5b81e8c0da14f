/**
 * Replaces names in a redacted recording by numbers, `~1`, `~2`, …, the same number each time, so
 * that a reader can follow a name and cannot guess it.
 */

/** The most names in memory. Beyond it, all numbers are forgotten, and every name gets a new one. */
const NAMES_MAX = 65_536;

export class HiddenNames {
  /** The number of each name. */
  private readonly numbers = new Map<string, number>();
  private lastNumber = 0;

  /** Returns the replacement of one name. */
  replaceName(name: string): string {
    let number = this.numbers.get(name);
    if (number === undefined) {
      if (this.numbers.size >= NAMES_MAX) this.numbers.clear();
      this.lastNumber += 1;
      number = this.lastNumber;
      this.numbers.set(name, number);
    }
    return `~${number}`;
  }

  /** Replaces each component of a path, except the runtime's own `<gfid:…>`. */
  replacePath(path: string): string {
    return path
      .split('/')
      .map((part) =>
        part === '' || /^<gfid:[\da-f-]*>$/.test(part) ? part : this.replaceName(part),
      )
      .join('/');
  }

  /** Replaces the key of a dict if a user may have chosen it. */
  replaceKey(key: string): string {
    return key.startsWith('user.') ? `user.${this.replaceName(key)}` : key;
  }
}
