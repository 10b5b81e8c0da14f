/** As mount-refused.mount.test.ts: by the other front end. */
import '../test/support/other-front-ends.ts';
import './mount-refused.mount.test.ts';
