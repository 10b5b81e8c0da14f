/** As exchange.mount.test.ts: more often, and for an ordinary user, too. */
import '../support/every-front-end.ts';
import './exchange.mount.test.ts';
