/** Defines the flags of all commands that check a volfile. */
import { type Flags, list, toggle } from '../terminal/flags.ts';

export const volfileFlags = {
  'xlator-option': list({
    value: 'VOLUME.KEY=VALUE',
    help: 'set an option of a volume, or of all that match (*.log-level=DEBUG); may be repeated',
  }),
  strict: toggle({
    help: 'warnings are errors: an unknown option or method',
  }),
  'allow-shell': toggle({ help: 'run the commands in backticks of the volfile' }),
} satisfies Flags;
