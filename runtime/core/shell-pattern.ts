/** Converts shell patterns (`*`, `?`, `[…]`) of options and commands into regular expressions. */

/** Compiles a shell pattern as fnmatch(3) reads it with FNM_NOESCAPE. */
export function compileShellPattern(glob: string): RegExp {
  const source = glob.replace(
    // A set `[…]`, in which a leading `]` is a member; or any single character.
    /\[([!^]?)(\]?[^\]]*)\]|./gsu,
    (part, negated: string | undefined, letters: string | undefined) => {
      if (part === '*') return '.*';
      if (part === '?') return '.';
      if (letters) return `[${negated ? '^' : ''}${escapeLetterClass(letters)}]`;
      return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    },
  );
  return new RegExp(`^${source}$`, 'su');
}

/** Escapes the inside of `[…]`; a range whose ends are the wrong way round is empty, not an error. */
function escapeLetterClass(letters: string): string {
  const ranges = letters.replace(/(.)-(.)/gsu, (range, from: string, to: string) =>
    from.codePointAt(0)! <= to.codePointAt(0)! ? range : '',
  );
  return ranges.replace(/[\\\]^[]/g, '\\$&');
}
