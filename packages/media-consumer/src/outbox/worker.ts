import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createLoop } from '@federated-media/subgraph-kit/loop';
import type { CmsClient } from '../cms-client.ts';
import type { LabelOf } from '../labels/labels.ts';
import type { ReadNames } from '../labels/name-repository.ts';
import { isMediaUnavailable } from '../media-unavailable.ts';
import type { OutboxRepository, UsageMessage } from './repository.ts';

const BATCH = 500;
/** Other processes add messages too, and some become due later. */
const POLL_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;
/** The CMS may accept a rejected claim later, when the file is restored from the trash. */
const MAX_REJECTED_PAUSE_MS = 600_000;

export interface OutboxDependencies {
  readonly outbox: OutboxRepository;
  readonly cms: CmsClient;
  readonly entityType: string;
  readonly labelOf: LabelOf;
  /** Read when a message is sent, so that the newest name is sent. */
  readonly readNames: ReadNames;
  readonly logger: Logger;
}

/** Sends the messages in the outbox, at least once, one store at a time. Several processes may do this concurrently. */
export function createOutboxWorker(dependencies: OutboxDependencies) {
  const { logger } = dependencies;
  const turn = createDelivery(dependencies);
  return createLoop({
    name: 'usage outbox',
    turn: async (signal) => ((await turn(signal)) > 0 ? 0 : POLL_MS),
    maxBackoffMs: MAX_BACKOFF_MS,
    isOutage: isMediaUnavailable,
    logger,
  });
}

/** Sends one batch of due messages. Returns their number. @throws MediaUnavailableError */
export function createDelivery({
  outbox,
  cms,
  entityType,
  labelOf,
  readNames,
  logger,
}: OutboxDependencies) {
  // If this process is killed, another one sends the messages after the lease. Sending twice does no harm.
  const leaseMs = 2 * cms.timeoutMs + 1_000;

  return async function deliver(signal?: AbortSignal): Promise<number> {
    const messages = await outbox.take(BATCH, leaseMs);
    if (messages.length === 0) return 0;
    try {
      const rejected = await send(messages, signal ? { signal } : {});
      const sent = messages.filter((message) => !rejected.includes(message));
      if (sent.length > 0) await outbox.done(sent);
      if (rejected.length > 0) await outbox.postpone(rejected, MAX_REJECTED_PAUSE_MS);
      return messages.length;
    } catch (error) {
      await outbox.makeDue(messages);
      throw error;
    }
  };

  async function send(messages: readonly UsageMessage[], options: { signal?: AbortSignal }) {
    const claims = messages.filter(({ kind }) => kind === 'CLAIM');
    const releases = messages.filter(({ kind }) => kind === 'RELEASE');
    const rejected = await Promise.all([claimAll(claims, options), releaseAll(releases, options)]);
    return rejected.flat();
  }

  async function releaseAll(releases: readonly UsageMessage[], options: { signal?: AbortSignal }) {
    const [first] = releases;
    if (!first) return [];
    const rejected = await cms.release(first.storeId, releases.map(toRelease), options);
    return rejectedOf(releases, rejected);
  }

  /** A rejected claim keeps the others from being claimed, so these are sent again without it. */
  async function claimAll(claims: readonly UsageMessage[], options: { signal?: AbortSignal }) {
    const rejected: UsageMessage[] = [];
    const storeId = claims[0]?.storeId;
    if (storeId === undefined) return rejected;
    const names = await readNames(storeId, claims.map(entityOf));
    const toClaim = (claim: UsageMessage) => {
      const { usageId, mediaId, role, claimVersion } = claim;
      const entityId = entityOf(claim);
      const label = labelOf({ id: entityId, name: names.get(entityId) ?? null });
      return { usageId, mediaId, entityType, entityId, role, ...label, claimVersion };
    };
    for (let left = claims; left.length > 0;) {
      const answer = await cms.claim(storeId, left.map(toClaim), options);
      if (answer.rejected.size === 0) break;
      rejected.push(...rejectedOf(left, answer.rejected));
      left = left.filter((claim) => !rejected.includes(claim));
    }
    return rejected;
  }

  function rejectedOf(messages: readonly UsageMessage[], codes: ReadonlyMap<number, string>) {
    return messages.filter((message, index) => {
      const code = codes.get(index);
      if (code !== undefined) logger.warn({ ...message, code }, 'the CMS rejected a usage');
      return code !== undefined;
    });
  }
}

function entityOf({ entityId }: UsageMessage): string {
  if (entityId === null) throw new TypeError('The claim has no entity.');
  return entityId;
}

const toRelease = ({ usageId, mediaId, claimVersion }: UsageMessage) => ({
  usageId,
  mediaId,
  claimVersion,
});
