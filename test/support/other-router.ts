import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { supergraphPath } from '@federated-media/stack/composition';
import { projectRoot } from '@federated-media/stack/project';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import { z } from 'zod';
import { type Answer, type Bearer, type Operation, readAnswer } from './endpoint.ts';
import type { SharedStack } from './shared-stack.ts';

/**
 * Hive Gateway with the same supergraph and subgraphs. Of this platform it only needs to create the tokens for
 * subgraphs.
 */
export async function openOtherRouter({ dataDir, urls }: SharedStack) {
  const [{ createGatewayRuntime }, http] = await loadHive();
  const secrets = await resolveSecret({ name: 'INTERNAL_SECRET', dataDir, production: false });
  const minter = createTokenMinter({ secrets, issuer: 'gateway' });
  const router = createGatewayRuntime({
    supergraph: await readFile(join(projectRoot, supergraphPath), 'utf8'),
    transports: { http },
    transportEntries: Object.fromEntries(
      Object.entries(urls).map(([name, url]) => [name, { location: `${url}/graphql`, options }]),
    ),
    logging: false,
    maskedErrors: false,
    plugins: () => [
      {
        async onFetch({ context, executionRequest, options: sent, setOptions }) {
          const audience = executionRequest?.subgraphName;
          if (!audience || !context.bearer) return;
          const token = await minter.mint({ audience, subject: 'tester', ...context.bearer });
          setOptions({ ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } });
        },
      },
    ],
  });
  return {
    async ask(bearer: Bearer | undefined, operation: Operation): Promise<Answer> {
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(operation),
      };
      return readAnswer(await router.fetch('http://router.invalid/graphql', request, { bearer }));
    },
    close: () => router.dispose(),
  };
}

/**
 * Hive Gateway combines equal concurrent requests. It compares them before the token is added, so that one store
 * would receive the response of another.
 */
const options = { deduplicateInflightRequests: false };

interface Fetch {
  context: { bearer?: Bearer };
  executionRequest?: { subgraphName?: string };
  options: { headers?: Record<string, string> };
  setOptions(options: Fetch['options']): void;
}

/** The part of Hive Gateway that is used here. */
interface Hive {
  createGatewayRuntime(config: {
    supergraph: string;
    transports: { http: unknown };
    transportEntries: Record<string, { location: string; options: object }>;
    logging: false;
    maskedErrors: false;
    plugins: () => { onFetch(fetch: Fetch): Promise<void> }[];
  }): {
    fetch(url: string, request: RequestInit, context: object): Promise<Response>;
    dispose(): Promise<void>;
  };
}

const Runtime = z.custom<Hive>((module) => isObject(module) && 'createGatewayRuntime' in module);
const Transport = z.object({ default: z.unknown() });

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Imported by names that the compiler does not resolve: their types would add browser globals to every file here. */
async function loadHive(): Promise<[Hive, unknown]> {
  const names = ['@graphql-hive/gateway-runtime', '@graphql-mesh/transport-http'];
  const [runtime, transport] = await Promise.all(
    names.map((name): Promise<unknown> => import(name)),
  );
  return [Runtime.parse(runtime), Transport.parse(transport).default];
}
