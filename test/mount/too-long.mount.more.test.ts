/**
 * Scripts that run too long, in code that hears no signal, are given up: of most parts of the interpreters'
 * C code one; test:long has all ways.
 */
import { describeTooLong } from '../support/too-long.ts';

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
