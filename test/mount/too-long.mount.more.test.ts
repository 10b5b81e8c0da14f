/**
 * Modules that run too long in C code, which no signal interrupts, are given up: a case for each kind
 * of part of the interpreters; test:long runs all.
 */
import { describeTooLong } from '../support/endless-code.ts';

describeTooLong('python', [
  'sum of bytes',
  'decimal.exp',
  'a sort',
  'a regular expression',
  'time.sleep',
]);
describeTooLong('javascript', [
  'normalize',
  'split of a text',
  'a sort of texts',
  'a regular expression',
]);
