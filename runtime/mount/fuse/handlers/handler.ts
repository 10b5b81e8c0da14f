/** The form of what is done about an operation. */
import type { InHeader } from '../codec/header.ts';
import type { Session } from '../session.ts';

/** Arguments and header are filled anew by the next message. The rules are in `session.ts`. */
export type Handler<A> = (session: Session, header: InHeader, args: A) => void;
