import { DateTimeISOResolver, LocaleResolver, SafeIntResolver, URLResolver } from 'graphql-scalars';

/** The scalars that subgraphs share; a subgraph uses those in its schema. */
export const commonScalars = {
  DateTime: DateTimeISOResolver,
  Locale: LocaleResolver,
  SafeInt: SafeIntResolver,
  URL: URLResolver,
};
