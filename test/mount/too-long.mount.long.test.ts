/** As too-long.mount.test.ts: all ways. */
import { describeTooLong } from '../support/too-long.ts';

describeTooLong('python');
describeTooLong('javascript');
