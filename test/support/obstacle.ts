/** Skips a group of tests whose needs a machine lacks, with the reason. */

/**
 * Whether to skip the group for this reason, which is printed; '' is no reason. With
 * GLOSSA_REQUIRE_ALL=1 no group is skipped, so that it fails.
 */
export function isSkipped(title: string, why: string): boolean {
  if (why === '' || process.env.GLOSSA_REQUIRE_ALL === '1') return false;
  process.stderr.write(`skipped: ${title}: ${why}\n`);
  return true;
}
