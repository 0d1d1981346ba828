import { GraphQLError } from 'graphql';

/** Refused before any work: no token, or one that does not hold. Says nothing about which. */
export class UnauthenticatedError extends Error {
  constructor(options?: ErrorOptions) {
    super('A valid token is required.', options);
    this.name = 'UnauthenticatedError';
  }
}

/** Refused because of something that passes: asking again a little later may do. Its message is for the caller. */
export class ServiceUnavailableError extends Error {
  readonly statusCode = 503;
}

/** An error meant for the caller: its message and `extensions.code` leave the process as they are. */
export const publicError = (code: string, message: string, options: ErrorOptions = {}) =>
  new GraphQLError(message, {
    extensions: { code },
    ...(options.cause instanceof Error ? { originalError: options.cause } : {}),
  });

/** A request of which nothing is run, with the status of its answer. */
export const refusedRequest = (message: string, { code = 'BAD_REQUEST', status = 400 } = {}) =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

/** The status that an error of `refusedRequest` asks for; 400 for every other. */
export function refusedStatus({ extensions: { http } }: GraphQLError): number {
  const isGiven = typeof http === 'object' && http !== null && 'status' in http;
  return isGiven && typeof http.status === 'number' ? http.status : 400;
}

/** Arguments the caller can mend; `field` is the path into them. */
export const badUserInput = (message: string, field?: readonly string[]) =>
  new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(field && { field }) },
  });

export const forbidden = (scope: string) =>
  new GraphQLError(`The token lacks the scope "${scope}".`, { extensions: { code: 'FORBIDDEN' } });
