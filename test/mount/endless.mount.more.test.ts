/** As endless.mount.test.ts: each language over either child. */
import '../support/every-front-end.ts';
import './endless.mount.test.ts';
