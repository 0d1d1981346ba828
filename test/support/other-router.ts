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
 * Hive Gateway over the same supergraph and the same subgraphs. All that it has to know of this platform is
 * how to make the token with which a subgraph is asked.
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
 * Requests that look the same while one is under way would be answered with one answer. They are compared
 * before the token is there, so one store would get another's.
 */
const options = { deduplicateInflightRequests: false };

interface Fetch {
  context: { bearer?: Bearer };
  executionRequest?: { subgraphName?: string };
  options: { headers?: Record<string, string> };
  setOptions(options: Fetch['options']): void;
}

/** As much of Hive Gateway as is used here. */
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

/** By names the compiler does not follow: their types bring a browser's globals into every file here. */
async function loadHive(): Promise<[Hive, unknown]> {
  const names = ['@graphql-hive/gateway-runtime', '@graphql-mesh/transport-http'];
  const [runtime, transport] = await Promise.all(
    names.map((name): Promise<unknown> => import(name)),
  );
  return [Runtime.parse(runtime), Transport.parse(transport).default];
}
