import { mintClientToken } from '@federated-media/stack/client-token';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import { type GraphQLSchema, buildClientSchema, getIntrospectionQuery } from 'graphql';
import { z } from 'zod';
import type { SharedStack } from './shared-stack.ts';

/** A caller. */
export interface Bearer {
  readonly storeId: string;
  readonly scope: string;
}

export interface Operation {
  readonly query: string;
  readonly variables?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly AnswerError[] | undefined;
  readonly extensions?: unknown;
}
const AnswerError = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z.looseObject({ code: z.string().optional() }).default({}),
});
type AnswerError = z.output<typeof AnswerError>;
const Body = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(AnswerError).optional(),
  extensions: z.unknown().optional(),
});

/** A GraphQL server of the stack: the gateway, or a subgraph with the tokens of the gateway. */
export interface Endpoint {
  readonly name: string;
  readonly schema: GraphQLSchema;
  ask(bearer: Bearer, operation: Operation): Promise<Answer>;
}

/** `name` is that of a subgraph, or `gateway`. */
export async function openEndpoint(stack: SharedStack, name: string): Promise<Endpoint> {
  const { dataDir, gatewayUrl, urls } = stack;
  const url = name === 'gateway' ? gatewayUrl : z.string().parse(urls[name]);
  const secrets = await resolveSecret({ name: 'INTERNAL_SECRET', dataDir, production: false });
  const minter = createTokenMinter({ secrets, issuer: 'tests' });

  const tokenOf = ({ storeId, scope }: Bearer) =>
    name === 'gateway'
      ? mintClientToken(
          { storeId, scope, subject: 'tester', lifeSeconds: 600 },
          { env: {}, dataDir },
        )
      : minter.mint({ audience: name, subject: 'tester', storeId, scope });

  async function ask(bearer: Bearer, { query, variables = {}, headers = {} }: Operation) {
    const { body, type } = encode({ query, variables });
    const response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf(bearer)}`,
        'apollo-require-preflight': 'true',
        // Every error contains it; responses are compared without it.
        'x-request-id': 'the-same',
        ...headers,
        ...type,
      },
      body,
    });
    return readAnswer(response);
  }

  const { data } = await ask({ storeId: 'nobody', scope: '' }, { query: getIntrospectionQuery() });
  return { name, schema: buildClientSchema(Introspection.parse(data)), ask };
}

export const readAnswer = async (response: Response): Promise<Answer> => ({
  status: response.status,
  ...Body.parse(await response.json()),
});

const Introspection = z.custom<Parameters<typeof buildClientSchema>[0]>(
  (data) => typeof data === 'object' && data !== null && '__schema' in data,
);

/** Sends JSON or, if there are files in the variables, a multipart request. */
function encode({ query, variables }: { query: string; variables: object }) {
  const files: { path: string; file: File }[] = [];
  const operations = JSON.stringify({ query, variables: withoutFiles(variables, 'variables') });
  if (files.length === 0) return { body: operations, type: { 'content-type': 'application/json' } };

  const form = new FormData();
  form.set('operations', operations);
  form.set('map', JSON.stringify(Object.fromEntries(files.map(({ path }, at) => [at, [path]]))));
  for (const [at, { file }] of files.entries()) form.set(String(at), file);
  return { body: form, type: {} };

  function withoutFiles(value: unknown, path: string): unknown {
    if (value instanceof File) {
      files.push({ path, file: value });
      return null;
    }
    if (Array.isArray(value)) return value.map((item, at) => withoutFiles(item, `${path}.${at}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withoutFiles(inner, `${path}.${key}`)]),
    );
  }
}
