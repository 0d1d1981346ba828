import { GraphQLError, GraphQLScalarType, buildSchema } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { classifyRejection } from './rejected-operation.ts';
import { composed, openOneSubgraph } from './testing/one-subgraph.ts';
import { ask, closeAll, logLines, openPlatform, openSubgraph } from './testing/platform.ts';

afterEach(closeAll);

/** A scalar that only knows days; errors of its own kind leave graphql-js without a location. */
function dayOf(makeError: (message: string) => Error) {
  const day = (value: unknown) => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return value;
    throw makeError('A Day is written as 2026-11-28.');
  };
  return new GraphQLScalarType({ name: 'Day', parseValue: day, serialize: day });
}
const Day = dayOf((message) => new GraphQLError(message));
const PlainDay = dayOf((message) => new Error(message));

const SDL = `
  scalar Day
  input Span { from: Day days: [Day!] pages: Int }
  type Query { poem(on: Day, within: Span): String }`;
/** What the supergraph was composed from, which the subgraph is not any more. */
const COMPOSED = `${SDL} extend type Query { lost: String } extend input Span { lost: Day }`;

/** The three ways in which subgraphs are found to reject operations. */
const subgraphs: Record<string, () => Promise<{ url: string }>> = {
  'one of ours': async () => {
    const platform = await openPlatform();
    const resolvers = { Day, Query: { poem: () => 'ebb' } };
    const own = await openSubgraph('writer', SDL, resolvers);
    await platform.supergraph.replace(composed('writer', `${own.url}/graphql`, COMPOSED));
    return platform;
  },
  'a third party’s without codes': () => openThirdParty((error) => error),
  'a third party’s with codes': () =>
    openThirdParty((error) => {
      const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', line: 'at host:4001' };
      return new GraphQLError(error.message, { nodes: error.nodes!, extensions });
    }),
};

async function openThirdParty(formatError: (error: GraphQLError) => GraphQLError) {
  const schema = buildSchema(SDL);
  const { parseValue, parseLiteral } = PlainDay;
  Object.assign(schema.getType('Day')!, { parseValue, parseLiteral });
  const rootValue = { poem: 'ebb' };
  const handler = createHandler({
    schema,
    rootValue,
    formatError: (error) => (error instanceof GraphQLError ? formatError(error) : error),
  });
  return openOneSubgraph({ sdl: COMPOSED }, (request, response) => void handler(request, response));
}

const rejections = () =>
  logLines().filter(({ msg }) => String(msg).startsWith('subgraph rejected an operation'));

for (const [whose, open] of Object.entries(subgraphs)) {
  test.each([
    ['a text', '{ poem(on: "tomorrow") }'],
    ['an object', '{ poem(on: { year: 2026 }) }'],
    ['a number', '{ poem(on: 7) }'],
    ['a field of an input', '{ poem(within: { pages: 1, from: "tomorrow" }) }'],
    ['an element of a list', '{ poem(within: { days: ["2026-11-28", "tomorrow"] }) }'],
    ['a default', 'query ($on: Day = "tomorrow") { poem(on: $on) }'],
  ])(`${whose}: %s that only the subgraph can read is the client’s fault`, async (_what, query) => {
    const { url } = await open();
    const { errors } = await ask(url, query);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('Day');
    expect(rejections()).toEqual([]);
  });

  test(`${whose}: values that it can read are read`, async () => {
    const { url } = await open();
    expect((await ask(url, '{ poem(on: "2026-11-28") }')).data).toEqual({ poem: 'ebb' });
  });

  test.each([
    ['a field', '{ lost }'],
    ['a field beside a fine value', '{ poem(on: "2026-11-28") lost }'],
    ['an input field', '{ poem(within: { lost: "2026-11-28" }) }'],
  ])(`${whose}: %s that it does not have is our fault`, async (_what, query) => {
    const { url } = await open();
    const { errors, text } = await ask(url, query);
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(text).not.toMatch(/Cannot query|not defined|Query\.lost|4001/);
  });
}

test('what a subgraph rejects is logged with the operation and the request', async () => {
  const { url } = await subgraphs['one of ours']!();
  const { errors } = await ask(url, `{ lost ${'poem '.repeat(40)} }`);
  expect(rejections()).toMatchObject([
    {
      level: 50,
      subgraph: 'writer',
      operation: expect.stringContaining('lost') as string,
      reason: expect.stringContaining('Cannot query field "lost"') as string,
      requestId: errors?.[0]?.extensions.requestId,
    },
  ]);
  expect(String(rejections()[0]?.['operation']).length).toBeLessThan(501);
});

const silent = pino({ level: 'silent' });
const schema = buildSchema(`
  scalar Day
  type Book { on(day: Day, count: Int): String }
  type Query { book: Book }`);
const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Book { on(count: 1
      day: """
        tomorrow
      """) }
  }
}`;

/** The code that an error at this place of the operation ends with. */
function codeAt(line: number, column: number, code = 'GRAPHQL_VALIDATION_FAILED') {
  const error = { message: 'm', locations: [{ line, column }], extensions: { code } };
  const sent = { subgraph: 'shop', query: ENTITIES, schema, requestId: '1' };
  return classifyRejection([error], sent, silent)[0]?.extensions?.['code'];
}

test('the place of an error tells whose fault it is, in entity fetches too', () => {
  expect(codeAt(4, 12)).toBe('BAD_USER_INPUT');
  expect(codeAt(4, 11)).toBe('INTERNAL');
  expect(codeAt(5, 1)).toBe('BAD_USER_INPUT');
  expect(codeAt(3, 29)).toBe('INTERNAL');
  expect(codeAt(3, 19)).toBe('INTERNAL');
  expect(codeAt(1, 1)).toBe('INTERNAL');
  expect(codeAt(0, 0)).toBe('INTERNAL');
});

test('an operation that can’t be parsed is never the client’s fault', () => {
  expect(codeAt(4, 12, 'GRAPHQL_PARSE_FAILED')).toBe('INTERNAL');
});

test('an error without a place is our fault unless there are values to be read', () => {
  const error = { message: 'm', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
  const codesOf = (query: string) =>
    classifyRejection([error], { subgraph: 'shop', query, schema, requestId: '1' }, silent).map(
      ({ extensions }) => extensions?.['code'],
    );
  expect(codesOf('{ book { on(count: 1) } }')).toEqual(['INTERNAL']);
  expect(codesOf('{ book { on(day: "tomorrow") } }')).toEqual(['BAD_USER_INPUT']);
});

test('errors of another kind stay what they are', () => {
  const sent = { subgraph: 'shop', query: ENTITIES, schema, requestId: '1' };
  const errors = [
    { message: 'm' },
    { message: 'm', path: ['book'] },
    { message: 'm', extensions: { code: 'FORBIDDEN' } },
  ];
  expect(classifyRejection(errors, sent, silent)).toEqual(errors);
});
