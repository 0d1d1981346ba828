import { newId, readId } from '@federated-media/subgraph-kit/ids';
import { CLAIM_OF_NEW } from '../intents.ts';

/** One usage of a file by an entity: the fields that the associations of all consumers have. */
export interface Association {
  readonly id: string;
  readonly mediaId: string;
  /** 0, 1, 2 … without gaps, in each role where there are roles. Hidden usages are counted. */
  readonly displayOrder: number;
  /** Increases when the role, or the name of the entity, changes: the CMS is notified of it. */
  readonly claimVersion: number;
  /** The file is in the CMS's trash: the usage keeps its position and is not shown. */
  readonly isHidden: boolean;
}

/** A usage to be, of the file that a client names. */
export const newAssociation = (mediaId: string): Association => ({
  id: newId(),
  // In the spelling of the database. What is no id stays unchanged: no file has it.
  mediaId: readId(mediaId) ?? mediaId,
  displayOrder: 0,
  claimVersion: CLAIM_OF_NEW,
  isHidden: false,
});

/** An entity with its usages of files: read with one statement, locked and changed as one. */
export interface Owner<Usage extends Association> {
  readonly id: string;
  readonly storeId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Increases with every change of the usages. */
  readonly usagesRevision: number;
  readonly usages: readonly Usage[];
}

/** An entity after a change, and a result for the caller. */
export interface Decision<Entity, Answer> {
  /** Unchanged when nothing changes. */
  readonly entity: Entity;
  readonly answer: Answer;
}

/** Usages as readers see them: without those whose file is in the trash. */
export const shown = <Usage extends Association>(usages: readonly Usage[]): Usage[] =>
  usages.filter(({ isHidden }) => !isHidden);

/** The limit keeps pages of entities small. */
export const MAX_USAGES = 250;
