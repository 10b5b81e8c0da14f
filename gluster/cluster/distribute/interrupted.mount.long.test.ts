/** As interrupted.mount.more.test.ts: wherever the names and files are. */
import '../../../test/support/other-front-ends.ts';
import './interrupted.mount.more.test.ts';
