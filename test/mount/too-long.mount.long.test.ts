/** As too-long.mount.more.test.ts: all ways. */
import { describeTooLong } from '../support/too-long.ts';

describeTooLong('python');
describeTooLong('javascript');
