/** Finds the version of stored JSON that another version of glossa may have written: records of locks, headers of disks. */

/** @returns the version that a text names, if it is not the `known` one; null for a text without one */
export function findOtherVersion(text: string, known: number): number | null {
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return Number.isSafeInteger(version) && version !== known ? (version as number) : null;
  } catch {
    return null;
  }
}
