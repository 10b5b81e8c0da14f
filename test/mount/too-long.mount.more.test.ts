/**
 * Modules that run too long in C code, which no signal interrupts, are given up: one case for most
 * parts of the interpreters; test:long runs all.
 */
import { describeTooLong } from '../support/endless-code.ts';

describeTooLong('python', [
  'sum of bytes',
  'decimal.exp',
  'sum of a chain',
  'list.__contains__',
  'unicodedata.normalize',
  'a large power',
  'sha3',
  'a sort',
  'a regular expression',
  'time.sleep',
]);
describeTooLong('javascript', [
  'normalize',
  'parseInt',
  'split of a text',
  'concat of an array',
  'a large power',
  'a sort of texts',
  'JSON.parse',
  'a regular expression',
]);
