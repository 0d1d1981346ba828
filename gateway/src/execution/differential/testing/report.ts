import type { Outcome } from './open-world.ts';

/** Each failure with all details. */
export const describeFailures = (failures: readonly Outcome[]): string =>
  failures.map(describe).join('\n\n');

const describe = ({
  query,
  variables,
  differences,
  ours,
  truth,
  apollos,
  isApolloRight,
  plan,
}: Outcome) =>
  [
    ...differences.map((line) => `* ${line}`),
    query,
    `variables: ${JSON.stringify(variables)}`,
    `graphql-js: ${shown(truth)}`,
    `ours:       ${shown(ours)}`,
    `apollo:     ${isApolloRight ? 'as graphql-js' : shown(apollos)}`,
    plan,
  ].join('\n');

const shown = ({ text, errors }: Outcome['truth']) =>
  `${text} ${JSON.stringify(errors.map(({ message, path }) => ({ message, path })))}`;
