/** As too-long.mount.test.ts: of every part of the interpreters' C code one; test:long has all ways. */
import { describeTooLong } from '../support/too-long.ts';

describeTooLong('python', [
  'sum of a chain',
  'list.__contains__',
  'zlib.compress',
  'bytes.find',
  'str.replace',
  'unicodedata.normalize',
  'int hash collisions',
  'a large power',
  'sha3',
  'all permutations',
  'operator.countOf',
  'sets that are subsets',
  'a sort',
  'a regular expression',
  'time.sleep',
]);
describeTooLong('javascript', [
  'parseInt',
  'lastIndexOf of a text',
  'split of a text',
  'reverse of an array',
  'shift of an array',
  'concat of an array',
  'String.raw',
  'a large power',
  'a text to a large number',
  'a sort of texts',
  'toUpperCase',
  'JSON.parse',
  'JSON.stringify',
  'a regular expression',
]);
