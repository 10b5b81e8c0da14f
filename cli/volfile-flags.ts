/** Defines the flags of commands that read a volfile. */
import { type Flags, listFlag, toggleFlag } from '../terminal/flags.ts';

export const volfileFlags = {
  'xlator-option': listFlag({
    placeholder: 'VOLUME.KEY=VALUE',
    help: 'set an option of a volume, or of all that match (*.log-level=DEBUG); may be repeated',
  }),
  strict: toggleFlag({
    help: 'warnings are errors: an unknown option or method',
  }),
  'allow-shell': toggleFlag({ help: 'run the commands in backticks of the volfile' }),
} satisfies Flags;
