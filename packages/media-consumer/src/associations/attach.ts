import { readId } from '@federated-media/subgraph-kit/ids';
import type { ClaimRequest, Finding } from '../claims.ts';
import { ClaimExpiredError, type NewUsage } from '../intents.ts';
import type { MediaConsumer } from '../media-consumer.ts';
import { type MediaProblem, mediaNotFound, mediaProblem } from '../user-error.ts';
import type { Association, Decision, Owner } from './association.ts';
import type { OwnerRepository } from './repository.ts';

/** By usage id, what the CMS says of each file. */
export type Findings = ReadonlyMap<string, Finding>;

export interface AttachPlan<Entity, Answer> extends Pick<ClaimRequest, 'existing' | 'accepts'> {
  /** The usages to claim; the rules forbid the others. */
  readonly wanted: readonly NewUsage[];
  /**
   * The entity with those usages whose files are USABLE. Runs on the entity as it was read and, if
   * necessary, again under the lock.
   */
  readonly decide: (entity: Entity, findings: Findings) => Decision<Entity, Answer>;
}

export interface Attachments<Entity, Answer> {
  readonly storeId: string;
  readonly ownerId: string;
  readonly usages: readonly NewUsage[];
  /** Called once, with the entity as it was read. */
  readonly plan: (entity: Entity) => AttachPlan<Entity, Answer>;
}

interface Parts<Usage extends Association, Entity extends Owner<Usage>> {
  readonly owners: OwnerRepository<Usage, Entity>;
  readonly media: MediaConsumer;
}

/**
 * Attaches files to an entity: claims them, all in one call, then writes the usages. Usages that are not
 * written, because other requests were faster, are released. Null when the entity does not exist.
 */
export async function attachFiles<Usage extends Association, Entity extends Owner<Usage>, Answer>(
  { owners, media }: Parts<Usage, Entity>,
  { storeId, ownerId, usages, plan }: Attachments<Entity, Answer>,
): Promise<Decision<Entity, Answer> | null> {
  const id = readId(ownerId);
  if (id === null) return null;
  const intended = usages.filter(({ mediaId }) => readId(mediaId) !== null);
  const intents = media.intend(storeId, intended);
  const entity = await owners.findIntending(id, intents);
  if (!entity) return null;

  const { decide, ...request } = plan(entity);
  const name = owners.nameOf(entity);
  const findings = await media.claim({ ...request, intents, entityId: id, name });
  const isUsable = ({ usageId }: NewUsage) => findings.get(usageId)?.status === 'USABLE';
  const claimed = request.wanted.filter(isUsable);
  const decision = decide(entity, findings);
  if (claimed.length === 0 && decision.entity.usages === entity.usages) return decision;

  try {
    const added = await owners.add(entity, decision.entity, claimed);
    if (added) return { ...decision, entity: added };
    const key = { storeId, id, claimed, claimedName: name };
    const changed = await owners.change(key, (current) => decide(current, findings));
    await media.sendNow();
    return changed;
  } catch (error) {
    if (!(error instanceof ClaimExpiredError)) throw error;
    return decide(entity, withoutUsable(findings));
  }
}

const existingUsage = ({ id, mediaId, claimVersion }: Association, role: string | null) => ({
  usageId: id,
  mediaId,
  role,
  claimVersion,
});

/**
 * An existing usage does not prove that its file exists: that the file is in the trash or purged may not have arrived
 * yet, nor that it is restored. The CMS decides. Without it, what has arrived counts.
 */
export function repeatedProblem(
  repeated: Association | undefined,
  findings: Findings,
  field: readonly string[],
): MediaProblem | null {
  if (!repeated) return null;
  const status = findings.get(repeated.id)?.status;
  const isGone = status === 'UNAVAILABLE' ? repeated.isHidden : status === 'NOT_FOUND';
  return isGone ? mediaNotFound(field) : null;
}

const withoutUsable = (findings: Findings): Findings =>
  new Map([...findings].filter(([, { status }]) => status !== 'USABLE'));

export interface Attachment<Usage extends Association, Entity, Problem> {
  readonly storeId: string;
  readonly ownerId: string;
  readonly usage: Usage;
  /** How the file is used, as the CMS's ledger shows it. */
  readonly role: string | null;
  /** An existing usage that the new one would repeat. */
  readonly same: (entity: Entity) => Usage | undefined;
  /** The entity with the usage, or the reason why it is not allowed. Runs before the claim and after it. */
  readonly decide: (entity: Entity) => Decision<Entity, Problem | null>;
}

/** Attaches one file. Null when the entity does not exist. */
export const attachFile = <Usage extends Association, Entity extends Owner<Usage>, Problem>(
  parts: Parts<Usage, Entity>,
  { storeId, ownerId, usage, role, same, decide }: Attachment<Usage, Entity, Problem>,
): Promise<Decision<Entity, Problem | MediaProblem | null> | null> => {
  const usages = [{ usageId: usage.id, mediaId: usage.mediaId, role }];
  const field = ['input', 'mediaId'];
  return attachFiles(parts, {
    storeId,
    ownerId,
    usages,
    plan(entity): AttachPlan<Entity, Problem | MediaProblem | null> {
      if (readId(usage.mediaId) === null) {
        return { wanted: [], decide: () => ({ entity, answer: mediaNotFound(field) }) };
      }
      const repeated = same(entity);
      return {
        wanted: decide(entity).answer === null ? usages : [],
        existing: repeated ? [existingUsage(repeated, role)] : [],
        decide(current, findings) {
          const decision = decide(current);
          const answer =
            repeatedProblem(repeated, findings, field) ??
            decision.answer ??
            mediaProblem(findings.get(usage.id), field);
          return answer === null ? decision : { entity: current, answer };
        },
      };
    },
  });
};
