/** Scripts that run too long, in code that hears no signal: nobody waits for them for long. */
import { describeTooLong } from '../support/too-long.ts';

describeTooLong('python', ['sum of bytes', 'md5', 'list.__contains__', 'decimal.exp']);
describeTooLong('javascript', ['normalize', 'indexOf of a text', 'reverse of an array']);
