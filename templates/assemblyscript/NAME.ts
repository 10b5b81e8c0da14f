/** Keeps files with a certain ending from being removed. */
import { Answer, Dict, EPERM, fop, Frame, log, NEEDS_PATH, Option, Translator, translator } from 'glossa';

export * from 'glossa/module';

const SUFFIX = Option.str('suffix', '.keep', 'how names end that stay');

class Keep extends Translator {
  private refused: i32 = 0;

  unlink(frame: Frame, it: fop.Unlink): Answer {
    const name = it.loc.name;
    if (name === null || !name.endsWith(SUFFIX.value)) return frame.tail(it);
    this.refused++;
    log.info(`${it.loc.path!} stays`);
    return EPERM;
  }

  statedump(dump: Dict): void {
    dump.set('refused', this.refused);
  }
}

translator<Keep>([SUFFIX], NEEDS_PATH);
