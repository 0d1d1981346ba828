import { type UserError, userError } from '@federated-media/subgraph-kit/user-error';
import type { Finding } from './claims.ts';

/** The payload of a mutation that changed nothing. */
export const rejectedWith = <Problem>(problem: Problem) => ({ userErrors: [problem] });

/** `what` is the name for people: `note`. */
export const notFound = (what: string, field: readonly string[]) =>
  userError('NOT_FOUND', `The ${what} does not exist.`, field);

/** INVALID with this reason; null without one. */
export const invalid = (reason: string | null, field: readonly string[]) =>
  reason === null ? null : userError('INVALID', reason, field);

/** What is wrong with the position of a usage in its order, or null. */
export const positionProblem = (position: number | null | undefined, field: readonly string[]) =>
  invalid((position ?? 0) < 0 ? 'The position must not be negative.' : null, field);

export const mediaNotFound = (field: readonly string[]) =>
  userError('MEDIA_NOT_FOUND', 'The file does not exist.', field);

/** Why a file cannot be used, whatever the consumer's rules. */
export type MediaProblem = UserError<'MEDIA_NOT_FOUND' | 'MEDIA_NOT_READY' | 'MEDIA_UNAVAILABLE'>;

/** What is wrong with a file according to the CMS; null when it can be used. */
export function mediaProblem(
  finding: Finding | undefined,
  field: readonly string[],
): MediaProblem | null {
  switch (finding?.status) {
    case 'USABLE':
      return null;
    case 'NOT_FOUND':
    case 'UNSUITABLE':
      return mediaNotFound(field);
    case 'NOT_READY': {
      const message = 'The file is not ready: it is not verified yet, or its verification failed.';
      return userError('MEDIA_NOT_READY', message, field);
    }
    default:
      return mediaUnavailable(field);
  }
}

export const mediaUnavailable = (field: readonly string[]) =>
  userError('MEDIA_UNAVAILABLE', 'The CMS is not available. Try again.', field);
