/** Scripts that run too long, in code that hears no signal: nobody waits for them for long. */
import { describeTooLong } from '../support/too-long.ts';

describeTooLong('python', ['sum of bytes', 'decimal.exp']);
describeTooLong('javascript', ['normalize']);
