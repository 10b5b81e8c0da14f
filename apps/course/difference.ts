/** Compares a learner's module with a lesson's solution, for a terminal and for a page. */
import { createTwoFilesPatch } from 'diff';

/** The difference from the learner's module to the solution, as of diff(1); '' if equal. */
export function difference(name: string, mine: string, solution: string): string {
  if (mine === solution) return '';
  const patch = createTwoFilesPatch(name, 'solution', mine, solution, '', '');
  return patch.slice(patch.indexOf('---')).trimEnd();
}
