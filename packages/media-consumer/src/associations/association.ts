/** One use of a file by an entity: what every consumer's associations have, beside fields of their own. */
export interface Association {
  readonly id: string;
  readonly mediaId: string;
  /** 0, 1, 2 … without gaps, hidden ones counted. */
  readonly displayOrder: number;
  /** Its file is in the CMS's trash: it keeps its place and is not shown. */
  readonly isHidden: boolean;
}

/** An entity with its uses of files: what is read with one statement, locked as one and changed as one. */
export interface Owner<Use extends Association> {
  readonly id: string;
  readonly storeId: string;
  readonly createdAt: Date;
  readonly uses: readonly Use[];
}

/** What became of an entity, and whatever its caller wants to know besides. */
export interface Decision<Entity, Answer> {
  /** As it is to be; as it was when nothing changes. */
  readonly entity: Entity;
  readonly answer: Answer;
}

/** Uses as readers see them: without those whose file is in the trash. */
export const shown = <Use extends Association>(uses: readonly Use[]): Use[] =>
  uses.filter(({ isHidden }) => !isHidden);

/** More would make every page of entities a long one. */
export const MAX_USES = 250;
