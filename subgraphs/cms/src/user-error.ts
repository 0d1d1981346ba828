import type { MediaErrorCode, MediaUserError } from './generated/graphql.ts';

/** What the caller can mend. `field` is the path into the mutation's arguments. */
export const userError = (
  code: MediaErrorCode,
  message: string,
  field: readonly string[],
): MediaUserError => ({ code, message, field: [...field] });
