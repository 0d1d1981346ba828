import { DateTimeISOResolver, LocaleResolver, SafeIntResolver, URLResolver } from 'graphql-scalars';

/** The scalars of the contract; a subgraph takes those its schema names. */
export const commonScalars = {
  DateTime: DateTimeISOResolver,
  Locale: LocaleResolver,
  SafeInt: SafeIntResolver,
  URL: URLResolver,
};
