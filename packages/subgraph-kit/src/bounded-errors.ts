import type { GraphQLFormattedError } from 'graphql';

/** Bytes of JSON of all errors in one response. */
const MAX_BYTES = 60_000;
const MAX_BYTES_OF_ONE = 8_000;
const MAX_LOCATIONS = 10;

/**
 * Limits the errors of one response to 60 kB, so that the whole response stays below 64 kB. The last error counts the
 * omitted ones.
 */
export function boundErrors(
  errors: readonly GraphQLFormattedError[],
): readonly GraphQLFormattedError[] {
  const kept: GraphQLFormattedError[] = [];
  let bytes = 0;
  for (const error of errors) {
    const bounded = boundError(error);
    bytes += bytesOf(bounded);
    if (bytes > MAX_BYTES) return [...kept, omitted(errors.length - kept.length, error)];
    kept.push(bounded);
  }
  return kept;
}

function boundError(error: GraphQLFormattedError): GraphQLFormattedError {
  const { message, locations, path, extensions } = error;
  const bounded = { ...error, ...(locations && { locations: locations.slice(0, MAX_LOCATIONS) }) };
  if (bytesOf(bounded) <= MAX_BYTES_OF_ONE) return bounded;
  const brief = {
    message,
    extensions: { code: extensions?.['code'], requestId: extensions?.['requestId'] },
  };
  return path && bytesOf({ ...brief, path }) <= MAX_BYTES_OF_ONE ? { ...brief, path } : brief;
}

const omitted = (count: number, { extensions }: GraphQLFormattedError): GraphQLFormattedError => ({
  message: `${count} more errors were omitted from this response.`,
  extensions: { code: extensions?.['code'], requestId: extensions?.['requestId'] },
});

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
