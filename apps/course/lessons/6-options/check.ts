/** Checks lesson 6: the hidden name is an option of the volfile, and the log has two levels. */
import { type Check, describeReply, ENOENT, listLoggedTexts, lookUp, must } from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  const startLines = listLoggedTexts(g, 'I');
  must(
    startLines.some((line) => line.includes('hiding ghost')),
    startLines.length === 0
      ? 'The volume started, and nothing was logged. Log \'hiding ghost\' in `init`, with the value of the option: `self.log.info("hiding %s", self.options["hidden"])`.'
      : `The volume started, and your translator logged '${startLines.at(-1)}'. Without an option the name is ghost: 'hiding ghost' was right.`,
  );
  for (const path of ['/ghost', '/cat']) await g.child.write(path, 'here');
  const ghost = await lookUp(g, '/ghost');
  must(
    ghost.opRet < 0 && ghost.opErrno === ENOENT,
    `The volfile says nothing, so the name ghost is hidden. For /ghost your translator answered: ${describeReply(ghost)}.`,
  );
  must(
    !listLoggedTexts(g, 'I').some((line) => line.includes('/ghost')),
    'Your translator logged each hidden file with `self.log.info`. On a busy day that fills the disk. What happens for each request is for `self.log.debug`.',
  );
  must(
    listLoggedTexts(g, 'D').some((line) => line.includes('hid /ghost')),
    'The file /ghost was hidden, and no line says so. `self.log.debug("hid %s", loc.path)` writes one that only those see who want details.',
  );
  const catHider = await volume({ hidden: 'cat' });
  for (const path of ['/ghost', '/cat']) await catHider.child.write(path, 'here');
  const cat = await lookUp(catHider, '/cat');
  must(
    cat.opRet < 0,
    'The volfile said `option hidden cat`, and /cat was found. Compare with `self.options["hidden"]`.',
  );
  const visibleGhost = await lookUp(catHider, '/ghost');
  must(
    visibleGhost.opRet >= 0,
    'The volfile said `option hidden cat`, and your translator still hides ghost. Compare with `self.options["hidden"]`, and with nothing else.',
  );
  must(
    listLoggedTexts(catHider, 'I').some((line) => line.includes('hiding cat')),
    `The volfile said \`option hidden cat\`, and at the start your translator logged '${listLoggedTexts(catHider, 'I')[0]}'. Log the value of the option.`,
  );
  return 'Two volumes ran your translator. One hid ghost, which is the default; the other one hid cat, as its volfile said.';
};
