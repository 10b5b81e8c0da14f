/** Compares a learner's module with a lesson's solution, for a terminal and for a page. */
import { createTwoFilesPatch } from 'diff';

/** The difference from the learner's module to the solution, as of diff(1); '' if equal. */
export function formatDifference(name: string, learnerText: string, solution: string): string {
  if (learnerText === solution) return '';
  const patch = createTwoFilesPatch(name, 'solution', learnerText, solution, '', '');
  return patch.slice(patch.indexOf('---')).trimEnd();
}
