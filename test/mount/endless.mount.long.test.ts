/** As endless.mount.test.ts: each language over the other child. */
import '../support/every-front-end.ts';
import './endless.mount.test.ts';
