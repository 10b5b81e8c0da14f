/** Converts shell patterns (`*`, `?`, `[…]`) into regular expressions. */

/** A shell pattern as fnmatch(3) reads it with FNM_NOESCAPE. */
export function shellPattern(glob: string): RegExp {
  const source = glob.replace(
    /\[([!^]?)(\]?[^\]]*)\]|./gsu,
    (part, negated: string | undefined, letters: string | undefined) => {
      if (part === '*') return '.*';
      if (part === '?') return '.';
      if (letters) return `[${negated ? '^' : ''}${letterClass(letters)}]`;
      return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    },
  );
  return new RegExp(`^${source}$`, 'su');
}

/** The inside of `[…]`; a range whose ends are the wrong way round is empty, not an error. */
function letterClass(letters: string): string {
  const ranges = letters.replace(/(.)-(.)/gsu, (range, from: string, to: string) =>
    from.codePointAt(0)! <= to.codePointAt(0)! ? range : '',
  );
  return ranges.replace(/[\\\]^[]/g, '\\$&');
}
