/** Skips a group of tests whose needs a machine lacks, with the reason. */

/**
 * Whether the group is to be left out for this reason, which is then told; '' is no reason. With
 * GLOSSA_REQUIRE_ALL=1 nothing is left out: what cannot run there has to fail.
 */
export function isSkipped(title: string, why: string): boolean {
  if (why === '' || process.env.GLOSSA_REQUIRE_ALL === '1') return false;
  process.stderr.write(`skipped: ${title}: ${why}\n`);
  return true;
}
