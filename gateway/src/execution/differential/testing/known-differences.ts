export interface KnownDifference {
  /** Absent: all. */
  world?: string;
  /** Matches a line of `differences()`. */
  line: RegExp;
  /** Matches the operation. Absent: all. */
  query?: RegExp;
  reason: string;
}

/** Where our answers are not those of a single schema, and why. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    world: 'unions',
    line: /Cannot add fragment of condition|^data \(root\): null instead of object/,
    query: /\.\.\. on Hit[^]*\.\.\. on Sold|\.\.\. on Sold[^]*\.\.\. on Hit/,
    reason: 'Planner: refuses a fragment that can never apply, below fragments on two unions.',
  },
  {
    world: 'interface objects',
    line: /^data .*: null instead of (object|list)/,
    reason: 'To be fixed: an object of an interface object is null without `__typename`.',
  },
  {
    world: 'interface objects',
    line: /^data .*: keys /,
    reason: 'To be fixed: interface objects are left to ApolloGateway, with its order of fields.',
  },
  {
    world: 'interface objects',
    line: /^data .*(rank: null|fans.@.id: "fundefined") instead of/,
    query: /slug/,
    reason:
      'To be fixed: a representation lacks its key, or is not made, for what another type requires.',
  },
  {
    world: 'interface objects',
    line: /^error at .* is unexpected/,
    reason:
      'Planner: a representation without a key, for an object that needs nothing of this fetch.',
  },
  {
    world: '@requires with arguments',
    line: /^data .*(shipping|label|insurance|price|weight): /,
    reason: 'Planner: a required field with arguments replaces the client’s own, or the reverse.',
  },
  {
    world: '@requires with arguments',
    line: /(conflict because)|\(root\) is reported twice|: null instead of (object|list)/,
    reason: 'Planner: a fetch asks for a required field and the client’s own under one name.',
  },
  {
    world: '@requires with arguments',
    line: /heaviest/,
    reason: 'Planner: one representation is for fields with and without a condition.',
  },
  {
    world: '@requires',
    line: /^data .*(weight|fits|addressee|stickers|risk): \S+ instead of/,
    reason:
      'To be fixed: what no other field needs is missing in a representation, so nothing is asked.',
  },
  {
    world: 'missing entities',
    line: /^error at .*\((no value|no file 6)\) is (missing|unexpected)/,
    reason: 'To be fixed: null that propagates has no error.',
  },
  {
    world: 'missing entities',
    line: /^data .*(product|lines|\(root\)).*: null instead of object/,
    reason: 'To be fixed: a reference whose price is known becomes null.',
  },
  {
    world: 'mutations',
    line: /^data .*: (\d+|"\w+ at \d+") instead of|is reported twice/,
    query: /@(skip|include)/,
    reason: 'To be fixed: a mutation runs twice when a condition separates its selections.',
  },
  {
    world: 'mutations',
    line: /^data finish.query.*value: \d+ instead of \d+/,
    reason:
      'Planner: mutations of one subgraph are one fetch; what others say of the results comes after.',
  },
  {
    world: 'inputs',
    line: /representations|^data .*: null instead of/,
    reason: 'To be fixed: a variable named `representations` is confused with the gateway’s own.',
  },
  {
    world: 'inputs',
    line: /^data .*: keys /,
    query: /\$constructor/,
    reason:
      'To be fixed: variables with inherited names are left to ApolloGateway, with its order of fields.',
  },
  {
    world: '@inaccessible',
    line: /^error at .*\(no value\) is missing/,
    reason: 'To be fixed: a value that clients may not see is null without an error.',
  },
  {
    line: /^data .*: null instead of/,
    query: /@(skip|include)/,
    reason: 'To be fixed: a plan leaves out a field when all that is asked below it is skipped.',
  },
  {
    line: /^error at .* is (unexpected|missing)/,
    query: /@(skip|include)/,
    reason: 'To be fixed: a plan asks for fields that are skipped.',
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
