import { userError as commonUserError } from '@federated-media/subgraph-kit/user-error';
import type { MediaErrorCode, MediaUserError } from '../generated/graphql.ts';

/** An error that the caller can correct. `field` is the path into the mutation's arguments. */
export const userError = (
  code: MediaErrorCode,
  message: string,
  field: readonly string[],
): MediaUserError => commonUserError(code, message, field);
