/** As demo-ends.mount.more.test.ts: at more moments. */
import '../../test/support/other-front-ends.ts';
import './demo-ends.mount.more.test.ts';
