/** `glossa check` of an isolated volume: what the module's declaration has against it. */
import { GraphError } from '../../../runtime/core/errors.ts';
import { checkOptions, genericOptions, type Options } from '../../../runtime/core/options.ts';
import type { Translator, Xlator } from '../../../runtime/core/xlator.ts';
import type { Glupy } from '../../host/index.ts';

/** @throws {GraphError} */
export async function checkVolume(xl: Xlator<Glupy>, translator: Translator<Glupy>): Promise<void> {
  const options: Options = { ...genericOptions, ...translator.options };
  const { values, problems } = checkOptions(options, xl.given, { open: true, volumes: [] });
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) throw new GraphError(wrong.map(({ message }) => message));
  await translator.check!(xl, values as never);
}
