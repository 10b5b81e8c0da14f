/** Closes the JavaScript functions that Python could reach; see ../fence.ts. */

type Imported = (...args: unknown[]) => unknown;

/**
 * @returns `around`, which wraps the interpreter's imports so that those reaching JavaScript can be
 * closed, and `close`, which closes them
 */
export default function fence(
  staysOpen: (name: string) => boolean,
  refused: (name: string) => void,
) {
  let closed = false;
  const refuse = (name: string): never => {
    try {
      refused(name);
    } catch {
      // Refused even if logging fails.
    }
    throw new Error(`${name}: a module reaches nothing of JavaScript`);
  };
  return {
    around(imports: Readonly<Record<string, unknown>>): Record<string, unknown> {
      const made = { ...imports };
      for (const [name, f] of Object.entries(imports)) {
        if (typeof f !== 'function' || staysOpen(name) === true) continue;
        made[name] = (...args: unknown[]) => (closed ? refuse(name) : (f as Imported)(...args));
      }
      return made;
    },
    close(): void {
      closed = true;
    },
  };
}
