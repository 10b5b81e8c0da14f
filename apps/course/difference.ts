/** Compares a learner's module with a lesson's solution, for `glossa learn` and the playground. */
import { createTwoFilesPatch } from 'diff';

/**
 * Formats the difference from the learner's module to the solution as `diff -u` does; '' if equal.
 * @param name of the learner's file, for the first line
 */
export function formatDifference(name: string, learnerText: string, solution: string): string {
  if (learnerText === solution) return '';
  const patch = createTwoFilesPatch(name, 'solution', learnerText, solution, '', '');
  // A line of equal signs comes before the first line of `diff -u`.
  return patch.slice(patch.indexOf('---')).trimEnd();
}
