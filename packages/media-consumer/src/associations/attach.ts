import { readId } from '@federated-media/subgraph-kit/ids';
import { type UserError, userError } from '@federated-media/subgraph-kit/user-error';
import type { Finding } from '../claims.ts';
import { ClaimExpiredError } from '../intents.ts';
import type { MediaConsumer } from '../media-consumer.ts';
import type { Association, Decision, Owner } from './association.ts';
import type { OwnerRepository } from './repository.ts';

/** What may be wrong with a file that is to be used. */
export type MediaProblem = UserError<'MEDIA_NOT_FOUND' | 'MEDIA_NOT_READY' | 'MEDIA_UNAVAILABLE'>;

const NOT_FOUND = ['MEDIA_NOT_FOUND', 'The file does not exist.'] as const;
const PROBLEMS = {
  USABLE: [null, ''],
  UNSUITABLE: NOT_FOUND,
  NOT_FOUND,
  NOT_READY: [
    'MEDIA_NOT_READY',
    'The file is not ready: it is not verified yet, or its processing failed.',
  ],
  UNAVAILABLE: ['MEDIA_UNAVAILABLE', 'The CMS is not available. Try again.'],
} as const satisfies Record<Finding['status'], readonly [MediaProblem['code'] | null, string]>;

export interface Attachment<Entity, Problem> {
  readonly storeId: string;
  readonly ownerId: string;
  /** The id of the use to be. */
  readonly usageId: string;
  /** As it was given. */
  readonly mediaId: string;
  /** As the ledger shows it to people: how the file is used. */
  readonly role: string | null;
  /** The entity with the use, or what forbids it. Asked before the CMS is, and again under the lock. */
  readonly decide: (entity: Entity, mediaId: string) => Decision<Entity, Problem | null>;
}

/**
 * Uses a file for an entity: claims it, then writes the use. Whatever `decide` forbids is not claimed, and
 * what it forbids by then, because others were quicker, is released. Null when there is no such entity.
 */
export async function attachFile<Use extends Association, Entity extends Owner<Use>, Problem>(
  { owners, media }: { owners: OwnerRepository<Use, Entity>; media: MediaConsumer },
  { storeId, ownerId, usageId, role, decide, ...given }: Attachment<Entity, Problem>,
): Promise<Decision<Entity, Problem | MediaProblem | null> | null> {
  const [id, mediaId] = [readId(ownerId), readId(given.mediaId)];
  if (id === null) return null;
  const uses = mediaId === null ? [] : [{ usageId, mediaId, role }];
  const intents = media.intend(storeId, uses);
  const entity = await owners.findIntending(id, intents);
  if (!entity) return null;
  if (mediaId === null) return { entity, answer: problemOf({ status: 'NOT_FOUND' }) };

  const { answer } = decide(entity, mediaId);
  const wanted = answer === null ? uses : [];
  const findings = await media.claim({ intents, entityId: id, wanted });
  if (answer !== null) return { entity, answer };
  const problem = problemOf(findings.get(usageId));
  if (problem) return { entity, answer: problem };

  try {
    const key = { storeId, id, claimed: uses };
    const written = await owners.change(key, (current) => decide(current, mediaId));
    await media.sendNow();
    return written;
  } catch (error) {
    if (!(error instanceof ClaimExpiredError)) throw error;
    return { entity, answer: problemOf({ status: 'UNAVAILABLE' }) };
  }
}

function problemOf({ status }: Pick<Finding, 'status'> = { status: 'UNAVAILABLE' }) {
  const [code, message] = PROBLEMS[status];
  return code === null ? null : userError(code, message, ['input', 'mediaId']);
}
