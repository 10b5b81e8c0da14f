/**
 * Puts several modules into one file, of which each copy runs one: the test writes its name over this text. So the
 * compiler, which is slow, runs once.
 */
const SELECTED: string = 'glossa-contract-module          ';

export function isSelected(name: string): bool {
  return SELECTED.trimEnd() == name;
}
