import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { CmsClient } from '../cms-client.ts';
import { createLoop } from '../loop.ts';
import type { OutboxRepository, UsageMessage } from './repository.ts';

const BATCH = 500;
/** Other processes leave work too, and some comes due by itself. */
const POLL_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** What the CMS refuses it may take later: a file may come back from the trash. */
const MAX_REFUSED_PAUSE_MS = 600_000;

export interface OutboxDependencies {
  readonly outbox: OutboxRepository;
  readonly cms: CmsClient;
  readonly entityType: string;
  readonly logger: Logger;
}

/** Sends what is in the outbox, at least once, a store at a time. Several processes may do so at once. */
export function createOutboxWorker(dependencies: OutboxDependencies) {
  const { logger } = dependencies;
  const turn = createDelivery(dependencies);
  return createLoop({
    name: 'usage outbox',
    turn: async (signal) => ((await turn(signal)) > 0 ? 0 : POLL_MS),
    maxBackoffMs: MAX_BACKOFF_MS,
    logger,
  });
}

/** Sends one batch that is due. Answers with how many messages it took. @throws MediaUnavailableError */
export function createDelivery({ outbox, cms, entityType, logger }: OutboxDependencies) {
  // Whoever is killed while sending is replaced soon after; a message that is sent twice does no harm.
  const leaseMs = 2 * cms.timeoutMs + 1_000;

  return async function deliver(signal?: AbortSignal): Promise<number> {
    const messages = await outbox.take(BATCH, leaseMs);
    if (messages.length === 0) return 0;
    try {
      const refused = await send(messages, signal ? { signal } : {});
      const sent = messages.filter((message) => !refused.includes(message));
      if (sent.length > 0) await outbox.done(sent);
      if (refused.length > 0) await outbox.later(refused, MAX_REFUSED_PAUSE_MS);
      return messages.length;
    } catch (error) {
      await outbox.again(messages);
      throw error;
    }
  };

  async function send(messages: readonly UsageMessage[], options: { signal?: AbortSignal }) {
    const claims = messages.filter(({ kind }) => kind === 'CLAIM');
    const releases = messages.filter(({ kind }) => kind === 'RELEASE');
    const refused = await Promise.all([claimAll(claims, options), releaseAll(releases, options)]);
    return refused.flat();
  }

  async function releaseAll(releases: readonly UsageMessage[], options: { signal?: AbortSignal }) {
    const [first] = releases;
    if (!first) return [];
    const refused = await cms.release(first.storeId, releases.map(toRelease), options);
    return placesOf(releases, refused);
  }

  /** What the CMS refuses keeps the others from being claimed, so these are sent again without it. */
  async function claimAll(claims: readonly UsageMessage[], options: { signal?: AbortSignal }) {
    const refused: UsageMessage[] = [];
    for (let left = claims; left.length > 0;) {
      const storeId = left[0]?.storeId ?? '';
      const answer = await cms.claim(storeId, left.map(toClaim), options);
      if (answer.refused.size === 0) break;
      refused.push(...placesOf(left, answer.refused));
      left = left.filter((claim) => !refused.includes(claim));
    }
    return refused;
  }

  function placesOf(messages: readonly UsageMessage[], refused: ReadonlyMap<number, string>) {
    return messages.filter((message, place) => {
      const code = refused.get(place);
      if (code !== undefined) logger.warn({ ...message, code }, 'the CMS rejected a usage');
      return code !== undefined;
    });
  }

  function toClaim({ usageId, mediaId, entityId, role, claimVersion }: UsageMessage) {
    if (entityId === null) throw new TypeError('A claim names its entity.');
    return { usageId, mediaId, entityType, entityId, role, claimVersion };
  }
}

const toRelease = ({ usageId, mediaId, claimVersion }: UsageMessage) => ({
  usageId,
  mediaId,
  claimVersion,
});
