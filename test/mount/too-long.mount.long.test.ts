/** All cases of too-long.mount.more.test.ts. */
import { describeTooLong } from '../support/too-long.ts';

describeTooLong('python');
describeTooLong('javascript');
