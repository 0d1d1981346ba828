import { readFile } from 'node:fs/promises';
import { ApolloClient, ApolloLink, InMemoryCache, gql } from '@apollo/client';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { of } from 'rxjs';
import { expect, test } from 'vitest';
import { typePolicies } from './apollo.ts';

const PAGE_ARGUMENTS = new Set(['first', 'after', 'last', 'before']);

test('each connection of the graph has a policy', async () => {
  const sdl = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
  const types = Object.values(buildSchema(sdl).getTypeMap()).filter(isObjectType);
  const connections = types.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
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
  expect(policies.toSorted(byName)).toEqual(connections.toSorted(byName));
});

const PRODUCTS = gql`
  query ($after: String) {
    products(first: 1, after: $after) {
      edges {
        cursor
        node {
          id
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

test('pages that follow one another become one list', async () => {
  const link = new ApolloLink(({ variables }) => of({ data: pageAfter(variables['after']) }));
  const client = new ApolloClient({
    link,
    cache: new InMemoryCache({ typePolicies: typePolicies() }),
  });
  const query = client.watchQuery({ query: PRODUCTS });
  await query.refetch();
  await query.fetchMore({ variables: { after: 'a' } });
  expect(query.getCurrentResult().data).toMatchObject({
    products: { edges: [{ node: { id: 'a' } }, { node: { id: 'b' } }] },
  });
});

function pageAfter(after: unknown) {
  const id = after === 'a' ? 'b' : 'a';
  const edge = { __typename: 'ProductEdge', cursor: id, node: { __typename: 'Product', id } };
  const pageInfo = { __typename: 'PageInfo', endCursor: id, hasNextPage: id === 'a' };
  return { products: { __typename: 'ProductConnection', edges: [edge], pageInfo } };
}
