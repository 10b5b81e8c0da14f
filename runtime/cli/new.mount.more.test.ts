/** As new.mount.test.ts: the other languages. */
import '../../test/support/every-front-end.ts';
import './new.mount.test.ts';
