/** As interrupted.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './interrupted.mount.test.ts';
