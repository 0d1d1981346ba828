import { userError } from '@federated-media/subgraph-kit/user-error';

/** The payload of a mutation that changed nothing. */
export const rejectedWith = <Problem>(problem: Problem) => ({ userErrors: [problem] });

/** `what` is the name for people: `note`. */
export const notFound = (what: string, field: readonly string[]) =>
  userError('NOT_FOUND', `The ${what} does not exist.`, field);

export const mediaUnavailable = (field: readonly string[]) =>
  userError('MEDIA_UNAVAILABLE', 'The CMS is not available. Try again.', field);
