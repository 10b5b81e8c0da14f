/** As dev.mount.test.ts: with a volfile, too. */
import '../../test/support/every-front-end.ts';
import './dev.mount.test.ts';
