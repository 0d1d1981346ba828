import { GraphQLError } from 'graphql';

/** The request has no valid token. The message does not contain the reason. */
export class UnauthenticatedError extends Error {
  constructor(options?: ErrorOptions) {
    super('A valid token is required.', options);
    this.name = 'UnauthenticatedError';
  }
}

/** A temporary failure: a retry may succeed. The message is for the caller. */
export class ServiceUnavailableError extends Error {
  readonly statusCode = 503;
}

/** An error for the caller: its message and `extensions.code` are returned unchanged. */
export const publicError = (code: string, message: string, options: ErrorOptions = {}) =>
  new GraphQLError(message, {
    extensions: { code },
    ...(options.cause instanceof Error ? { originalError: options.cause } : {}),
  });

/** The reason why work for a client that disconnected ends. */
export const connectionClosed = () =>
  publicError('BAD_REQUEST', 'The client closed the connection.');

/** A request that is rejected before it runs, with the HTTP status of the response. */
export const refusedRequest = (message: string, { code = 'BAD_REQUEST', status = 400 } = {}) =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

/** The HTTP status of an error of `refusedRequest`; 400 for other errors. */
export function refusedStatus({ extensions: { http } }: GraphQLError): number {
  const isGiven = typeof http === 'object' && http !== null && 'status' in http;
  return isGiven && typeof http.status === 'number' ? http.status : 400;
}

/** Invalid arguments; `field` is their path. */
export const badUserInput = (message: string, field?: readonly string[]) =>
  new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(field && { field }) },
  });

export const forbidden = (scope: string) =>
  new GraphQLError(`The token lacks the scope "${scope}".`, { extensions: { code: 'FORBIDDEN' } });
