import { GraphQLScalarType } from 'graphql';
import { DateTimeISOResolver, LocaleResolver, SafeIntResolver, URLResolver } from 'graphql-scalars';

/**
 * Text is returned unchanged: it is a URL that we built. graphql-scalars parses and prints it again, which takes
 * several microseconds for each of the hundreds of URLs on a page.
 */
const URLScalar = new GraphQLScalarType({
  ...URLResolver.toConfig(),
  serialize: (value) => (typeof value === 'string' ? value : URLResolver.serialize(value)),
});

/** The scalars that subgraphs share; a subgraph uses those in its schema. */
export const commonScalars = {
  DateTime: DateTimeISOResolver,
  Locale: LocaleResolver,
  SafeInt: SafeIntResolver,
  URL: URLScalar,
};
