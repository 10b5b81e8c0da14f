/** As exchange.mount.more.test.ts: by the other front ends, on the other stacks. */
import '../support/every-front-end.ts';
import './exchange.mount.more.test.ts';
