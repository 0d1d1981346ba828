export interface KnownDifference {
  world: string;
  /** Matches a line of `differences()`. */
  line: RegExp;
  reason: string;
  /** The default seed does not run into it. */
  isRare?: true;
}

/** Where our answers are not those of a single schema, and why. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    world: '@requires',
    line: /Product\.label is planned to be fetched without what it requires/,
    reason:
      'Planner: `insurance` requires `label`, which requires `price`. Where the query starts in the subgraph of `label`, ApolloGateway fetches `label` before its price. We answer with an error, ApolloGateway with a wrong value.',
  },
  {
    world: '@requires',
    line: /^data \(root\): null instead of object/,
    reason: 'As above: nothing of such an operation is executed.',
  },
  {
    world: '@requires',
    line: /^error at .*heaviest .* is unexpected/,
    reason:
      'Planner: what is required on a condition (`@include(if: $no)`) and what is required without one become one fetch, so `heaviest` is resolved although nobody asked for it. Its error is shown.',
    isRare: true,
  },
  {
    world: 'unions',
    line: /Cannot add fragment of condition|^data \(root\): null instead of object/,
    reason:
      'Planner: it can’t plan fragments on unions within each other that no type satisfies. An error, in ApolloGateway too.',
    isRare: true,
  },
];
