/** As commands.mount.more.test.ts: the other pages. */
import '../support/other-front-ends.ts';
import './commands.mount.more.test.ts';
