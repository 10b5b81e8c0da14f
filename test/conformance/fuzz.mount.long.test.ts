/** As fuzz.mount.more.test.ts: all other mounts. */
import '../support/other-front-ends.ts';
import './fuzz.mount.more.test.ts';
