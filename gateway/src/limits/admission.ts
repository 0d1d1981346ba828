import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import {
  type DocumentGuard,
  type OperationFields,
  createDocumentGuard,
} from '@federated-media/subgraph-kit/document-limits';
import { refusedRequest } from '@federated-media/subgraph-kit/errors';
import type { GraphQLEndpoint } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { AskedDocument } from '@federated-media/subgraph-kit/graphql-operation';
import type { Workers } from '@federated-media/subgraph-kit/module';
import type { GatewayContext } from '../context.ts';
import { type KnownDocuments, createKnownDocuments } from './known-documents.ts';
import { type RateLimit, createRateLimit, createSharedRateLimit } from './rate-limit.ts';
import type { OperationLimits } from './settings.ts';
import { type TrustedDocuments, documentIdOf, loadTrustedDocuments } from './trusted-documents.ts';
import { createOneAtATime } from './one-at-a-time.ts';

type Admit = NonNullable<GraphQLEndpoint<GatewayContext>['admit']>;

const MAX_WAITING = 200;
const SHA256 = /^[0-9a-f]{64}$/;

export type PersistedQueries = NonNullable<
  ApolloServerOptionsWithGateway<GatewayContext>['persistedQueries']
>;

/** The prefix of keys in Apollo Server's cache of persisted queries. */
const PERSISTED = 'apq:';

export interface Admission {
  admit: Admit;
  persistedQueries: PersistedQueries;
  documentStore: KnownDocuments['store'];
  /** Resolves when planning may start. `signal` aborts when the client disconnects. @throws GraphQLError */
  beforePlanning: (signal: AbortSignal) => Promise<void>;
}

/**
 * Decides which documents the gateway runs: documents within the limits, also in the rate of their caller and store, and, with `TRUSTED_DOCUMENTS`, only the
 * recorded ones. Otherwise a client may send a text once and then its hash. A document that is not known to be valid
 * is checked, parsed, validated and planned in a queue, one at a time; other planning uses the same queue.
 * @throws SettingsError for recorded documents that cannot be run
 */
export async function openAdmission(
  { documentLimits, apqCacheBytes, trustedDocumentsPath, rateLimits }: OperationLimits,
  workers?: Workers,
): Promise<Admission> {
  const { check } = createDocumentGuard(documentLimits);
  const known = createKnownDocuments();
  const queue = createOneAtATime({
    what: 'new operations',
    maxWaiting: MAX_WAITING,
  });
  const rateLimit = workers
    ? createSharedRateLimit(rateLimits, workers)
    : createRateLimit(rateLimits);
  const common = { check, known, rateLimit, waitForTurn: queue.waitForTurn };
  const opened = { documentStore: known.store, beforePlanning: queue.waitForTurn };
  if (trustedDocumentsPath !== undefined) {
    const trusted = await loadTrustedDocuments(trustedDocumentsPath, check);
    return { ...opened, admit: createAdmit({ ...common, trusted }), persistedQueries: false };
  }
  const cache = new InMemoryLRUCache<string>({ maxSize: apqCacheBytes });
  return { ...opened, admit: createAdmit({ ...common, cache }), persistedQueries: { cache } };
}

function createAdmit({
  check,
  known,
  rateLimit,
  waitForTurn,
  trusted,
  cache,
}: {
  check: DocumentGuard['check'];
  known: KnownDocuments;
  rateLimit: RateLimit | undefined;
  waitForTurn: (signal: AbortSignal) => Promise<void>;
  trusted?: TrustedDocuments;
  /** The texts that clients may request by hash. */
  cache?: InMemoryLRUCache;
}): Admit {
  return async (asked, { caller, signal }) => {
    // Before anything that takes longer: the number of fields is not known yet.
    await rateLimit?.take(caller, { fields: 1 });
    const hash = persistedHash(asked);
    const recorded = trusted && recordedText(trusted, asked, hash);
    const sent = recorded ?? asked.query;
    const text = typeof sent === 'string' ? sent : hash && (await cache?.get(PERSISTED + hash));
    // Apollo Server reports what is missing.
    if (text === undefined) return undefined;
    const id = documentIdOf(text);
    if (hash && !trusted && id !== hash) {
      throw refusedRequest('"sha256Hash" does not match "query".');
    }
    const isKnown = known.has(id);
    if (!isKnown) await waitForTurn(signal);
    if (isKnown && !rateLimit) return recorded;
    const fields = fieldsOf(check(text), asked.operationName);
    await rateLimit?.take(caller, { fields, paid: 1 });
    return recorded;
  };
}

/** Of the selected operation; without a valid selection, of the largest one. */
function fieldsOf(operations: OperationFields, name: unknown): number {
  const selected = typeof name === 'string' ? operations.get(name) : undefined;
  return selected ?? Math.max(0, ...operations.values());
}

function persistedHash({ extensions }: AskedDocument): string | undefined {
  const persisted = valueOf(extensions, 'persistedQuery');
  if (persisted === undefined || persisted === null) return undefined;
  const hash = valueOf(persisted, 'sha256Hash');
  if (valueOf(persisted, 'version') === 1 && typeof hash === 'string' && SHA256.test(hash))
    return hash;
  throw refusedRequest(
    '"persistedQuery" requires "version": 1 and a "sha256Hash" of 64 hexadecimal digits.',
  );
}

function recordedText(
  trusted: TrustedDocuments,
  asked: AskedDocument,
  hash: string | undefined,
): string {
  const ids = [hash, asked.documentId, asked.id].filter((id) => id !== undefined && id !== null);
  const texts = ids.map((id) => (typeof id === 'string' ? trusted.get(id) : undefined));
  if (typeof asked.query === 'string') texts.push(trusted.get(documentIdOf(asked.query)));
  const [text] = texts;
  if (text !== undefined && texts.every((it) => it === text)) return text;
  throw refusedRequest(
    'This server runs only recorded operations, by id or by their exact text (TRUSTED_DOCUMENTS). ' +
      'Introspection and operations written in GraphiQL are not recorded.',
    { code: 'OPERATION_NOT_TRUSTED' },
  );
}

const valueOf = (holder: unknown, name: string): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? Reflect.get(holder, name)
    : undefined;
