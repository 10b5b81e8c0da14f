/** As new.mount.test.ts: the other languages. */
import './new.mount.test.ts';
