import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import {
  type DocumentGuard,
  createDocumentGuard,
} from '@federated-media/subgraph-kit/document-limits';
import { refusedRequest } from '@federated-media/subgraph-kit/errors';
import type { GraphQLEndpoint } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { AskedDocument } from '@federated-media/subgraph-kit/graphql-operation';
import type { GatewayContext } from '../context.ts';
import type { OperationLimits } from './settings.ts';
import { type TrustedDocuments, documentIdOf, loadTrustedDocuments } from './trusted-documents.ts';
import { createOneAtATime } from './one-at-a-time.ts';

type Admit = NonNullable<GraphQLEndpoint<GatewayContext>['admit']>;

const MAX_WAITING = 200;
const SHA256 = /^[0-9a-f]{64}$/;

export type PersistedQueries = NonNullable<
  ApolloServerOptionsWithGateway<GatewayContext>['persistedQueries']
>;

/**
 * Which documents the gateway runs: those within its limits, one new one at a time; where documents were
 * recorded, no other. Otherwise a client may send a text once and its hash from then on.
 * @throws SettingsError for recorded documents that can't be run
 */
export async function openAdmission({
  documentLimits,
  apqCacheBytes,
  trustedDocumentsPath,
}: OperationLimits): Promise<{ admit: Admit; persistedQueries: PersistedQueries }> {
  const guard = createDocumentGuard(documentLimits);
  if (trustedDocumentsPath !== undefined) {
    const trusted = await loadTrustedDocuments(trustedDocumentsPath, guard.check);
    return { admit: createAdmit(guard, trusted), persistedQueries: false };
  }
  const cache = new InMemoryLRUCache<string>({ maxSize: apqCacheBytes });
  return { admit: createAdmit(guard), persistedQueries: { cache } };
}

function createAdmit(guard: DocumentGuard, trusted?: TrustedDocuments): Admit {
  const newDocuments = createOneAtATime({
    what: 'new operations',
    maxWaiting: MAX_WAITING,
    share: 0.1,
  });
  return async (asked, { signal }) => {
    const hash = persistedHash(asked);
    const recorded = trusted && recordedText(trusted, asked, hash);
    const text = recorded ?? asked.query;
    // Apollo Server knows the document by its hash, or says what is missing.
    if (typeof text !== 'string') return undefined;
    if (hash && !trusted && documentIdOf(text) !== hash) {
      throw refusedRequest('"sha256Hash" does not match "query".');
    }
    const name = typeof asked.operationName === 'string' ? asked.operationName : undefined;
    if (guard.isKnown(text, name)) return recorded;
    await newDocuments.take(signal);
    guard.check(text, name);
    return recorded;
  };
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
