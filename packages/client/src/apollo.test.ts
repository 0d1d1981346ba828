import { readFile } from 'node:fs/promises';
import { ApolloClient, ApolloLink, InMemoryCache, gql } from '@apollo/client';
import { type GraphQLField, buildSchema, getNamedType, isObjectType } from 'graphql';
import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { typePolicies } from './apollo.ts';

const PAGE_ARGUMENTS = new Set(['first', 'after', 'last', 'before']);

const isPaged = (field: GraphQLField<unknown, unknown>) =>
  getNamedType(field.type).name.endsWith('Connection') ||
  field.args.some(({ name }) => name === 'after' || name === 'before');

test('each list of the graph that has pages has a policy', async () => {
  const sdl = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
  const types = Object.values(buildSchema(sdl).getTypeMap()).filter(isObjectType);
  const lists = types.flatMap((type) =>
    Object.values(type.getFields())
      .filter(isPaged)
      .map(({ name, args }) => ({
        name: `${type.name}.${name}`,
        keys: args.map((argument) => argument.name).filter((one) => !PAGE_ARGUMENTS.has(one)),
      })),
  );
  const policies = Object.entries(typePolicies()).flatMap(([type, { fields = {} }]) =>
    Object.entries(fields).map(([name, policy]) => ({
      name: `${type}.${name}`,
      keys: typeof policy === 'object' && policy.keyArgs ? policy.keyArgs : [],
    })),
  );
  const byName = (one: { name: string }, other: { name: string }) =>
    one.name.localeCompare(other.name);
  expect(policies.toSorted(byName)).toEqual(lists.toSorted(byName));
});

const productsBy = (items: string) => gql`
  query ($after: String, $before: String) {
    products(after: $after, before: $before) {
      ${items}
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

const watch = async (items: string) => {
  const link = new ApolloLink(({ variables }) => of({ data: pageOf(variables) }));
  const client = new ApolloClient({
    link,
    cache: new InMemoryCache({ typePolicies: typePolicies() }),
  });
  const query = client.watchQuery({ query: productsBy(items) });
  await query.refetch();
  return query;
};

test('pages of edges that follow one another become one list', async () => {
  const query = await watch('edges { cursor node { id } }');
  await query.fetchMore({ variables: { after: 'a' } });
  expect(query.getCurrentResult().data).toMatchObject({
    products: { edges: [{ node: { id: 'a' } }, { node: { id: 'b' } }] },
  });
});

test('pages of nodes become one list too, also a page that arrives twice', async () => {
  const query = await watch('nodes { id }');
  const ids = () => JSON.stringify(query.getCurrentResult().data).match(/(?<="id":").(?=")/g);
  for (const variables of [{ after: 'a' }, { after: 'a' }, { before: 'a' }]) {
    await query.fetchMore({ variables });
  }
  expect(ids()).toEqual(['z', 'a', 'b']);
  await query.refetch();
  expect(ids()).toEqual(['a']);
});

test('older versions of a file follow its newer ones, also if they arrive twice', () => {
  const cache = new InMemoryCache({ typePolicies: typePolicies() });
  const query = gql`
    query ($before: Int) {
      mediaFile(id: "a") {
        id
        contentVersions(first: 2, before: $before) {
          number
          current
        }
      }
    }
  `;
  const read = (before: number | null, numbers: number[], served?: number) => {
    const contentVersions = numbers.map((number) => ({
      __typename: 'MediaContentVersion',
      number,
      current: number === served,
    }));
    const mediaFile = { __typename: 'MediaFile', id: 'a', contentVersions };
    cache.writeQuery({ query, variables: { before }, data: { mediaFile } });
    const shown = cache.readQuery<{
      mediaFile: { contentVersions: { number: number; current: boolean }[] };
    }>({ query });
    return shown?.mediaFile.contentVersions.map(({ number, current }) =>
      current ? `${number} served` : number,
    );
  };
  expect(read(null, [9, 7], 9)).toEqual(['9 served', 7]);
  expect(read(7, [4, 3])).toEqual(['9 served', 7, 4, 3]);
  expect(read(7, [4, 3])).toEqual(['9 served', 7, 4, 3]);
  expect(read(3, [])).toEqual(['9 served', 7, 4, 3]);
  // Another version is served since.
  expect(read(3, [2, 1], 2)).toEqual([9, 7, 4, 3, '2 served', 1]);
  expect(read(null, [10, 9])).toEqual([10, 9]);
  // It was on its way while the newest ones were read again.
  expect(read(7, [4, 3])).toEqual([10, 9]);
});

function pageOf({ after, before }: Record<string, unknown>) {
  const id = before ? 'z' : after ? 'b' : 'a';
  const node = { __typename: 'Product', id };
  const edge = { __typename: 'ProductEdge', cursor: id, node };
  const pageInfo = { __typename: 'PageInfo', endCursor: id, hasNextPage: id === 'a' };
  return {
    products: { __typename: 'ProductConnection', edges: [edge], nodes: [node], pageInfo },
  };
}
