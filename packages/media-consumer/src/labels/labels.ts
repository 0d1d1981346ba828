import { lengthOf } from '@federated-media/subgraph-kit/text';

/** The limit of the CMS. */
const MAX_LABEL = 255;
/** The CMS rejects them. */
const CONTROLS = /[\p{Cc}\p{Cs}]+/gu;
const characters = new Intl.Segmenter();

/** An entity, with what people call it; null if the consumer does not name its entities. */
export interface NamedEntity {
  readonly id: string;
  readonly name: string | null;
}

/** What the CMS's ledger shows of an entity to people. */
export interface Label {
  readonly label: string | null;
  /** Where to edit the entity. */
  readonly url: string | null;
}

export type LabelOf = (entity: NamedEntity) => Label;

/** The labels of entities of `entityType`, with the normal form of the URL in `editUrl`, which contains `{id}`. */
export const createLabels =
  ({ entityType, editUrl }: { entityType: string; editUrl: string | null }): LabelOf =>
  ({ id, name }) => ({
    label: name === null ? null : shortened(`${entityType}: ${name}`.replaceAll(CONTROLS, ' ')),
    url: editUrl === null ? null : urlOf(editUrl, id),
  });

const urlOf = (editUrl: string, id: string): string =>
  new URL(editUrl.replaceAll('{id}', encodeURIComponent(id))).href;

/** At most as long as the CMS accepts, cut between two characters as readers see them. */
function shortened(text: string): string {
  if (lengthOf(text) <= MAX_LABEL) return text;
  let length = 0;
  let start = '';
  for (const { segment } of characters.segment(text)) {
    length += lengthOf(segment);
    if (length >= MAX_LABEL) break;
    start += segment;
  }
  return `${start.trimEnd()}…`;
}
