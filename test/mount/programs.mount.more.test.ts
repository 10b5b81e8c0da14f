/** As programs.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './programs.mount.test.ts';
