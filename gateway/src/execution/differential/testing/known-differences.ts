export interface KnownDifference {
  /** Absent: all. */
  world?: string;
  /** Matches a line of `differences()`. */
  line: RegExp;
  /** Matches the operation. Absent: all. */
  query?: RegExp;
  reason: string;
}

/** Known differences from the responses of a single schema, with reasons. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    world: 'unions',
    line: /Cannot add fragment of condition|^data \(root\): null instead of object/,
    query: /\bon Hit\b[^]*\bon Sold\b|\bon Sold\b[^]*\bon Hit\b/,
    reason:
      'Planner: can’t plan a fragment that can never apply, below fragments on two unions. An error, in ApolloGateway too.',
  },
  {
    world: '@requires with arguments',
    line: /Product\.label is planned without the fields that it requires|^data \(root\): null instead of object/,
    query: /shipped/,
    reason:
      'Planner: `insurance` requires `label`, which requires `price`. Where the query starts in the subgraph of `label`, ApolloGateway fetches `label` before its price. We answer with an error, ApolloGateway with a wrong value.',
  },
  {
    world: 'mutations',
    line: /^data finish.query.*value: -?\d+ instead of -?\d+/,
    reason:
      'Planner: mutations of one subgraph are one fetch; what others say of the results comes after.',
  },
];

export const explanationsOf = (
  line: string,
  { world, query }: { world: string; query: string },
): readonly KnownDifference[] =>
  knownDifferences.filter(
    (known) =>
      (known.world === undefined || known.world === world) &&
      known.line.test(line) &&
      (known.query === undefined || known.query.test(query)),
  );
