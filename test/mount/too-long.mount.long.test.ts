/** All cases of too-long.mount.more.test.ts. */
import { describeTooLong } from '../support/endless-code.ts';

describeTooLong('python');
describeTooLong('javascript');
