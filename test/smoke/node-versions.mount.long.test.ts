/** As node-versions.mount.more.test.ts: the demo. */
import '../support/other-front-ends.ts';
import './node-versions.mount.more.test.ts';
