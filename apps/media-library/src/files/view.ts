import * as v from 'valibot';
import { isInside } from '../folders/tree.ts';
import type {
  MediaLibraryFilter,
  MediaLibraryOrder,
  MediaLibraryOrderField,
  MediaType,
} from '../generated/graphql.ts';
import type { Place } from '../graph/changes.ts';

export const MEDIA_TYPES = [
  'IMAGE',
  'VIDEO',
  'AUDIO',
  'DOCUMENT',
] as const satisfies readonly MediaType[];
const ORDER_FIELDS = [
  'CREATED_AT',
  'UPDATED_AT',
  'ORIGINAL_FILENAME',
  'FILE_SIZE',
  'USAGE_COUNT',
] as const satisfies readonly MediaLibraryOrderField[];
/** Only files in the trash have a time of deletion. */
const TRASH_ORDER_FIELDS = ['TRASHED_AT', ...ORDER_FIELDS] as const;
export const LAYOUTS = ['grid', 'list'] as const;

const Text = (longest: number) =>
  v.fallback(
    v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(longest))),
    undefined,
  );
const Day = v.fallback(v.optional(v.pipe(v.string(), v.isoDate())), undefined);
const Size = v.fallback(
  v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.safeInteger())),
  undefined,
);
const YesOrNo = v.fallback(
  v.optional(
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((text) => text === 'true'),
    ),
  ),
  undefined,
);
/** Values that are unknown are left out. */
const List = <Item extends string>(item: v.GenericSchema<string, Item>, longest: number) =>
  v.pipe(
    v.array(v.fallback(v.nullable(item), null)),
    v.transform((items) => [...new Set(items)].filter((one) => one !== null).slice(0, longest)),
  );

/** What the screen shows. It is in the URL: a link shows the same, and so does the back button. */
const ViewParameters = v.object({
  folder: Text(100),
  q: Text(200),
  type: List(v.picklist(MEDIA_TYPES), MEDIA_TYPES.length),
  tag: List(v.pipe(v.string(), v.minLength(1), v.maxLength(100)), 50),
  by: List(v.pipe(v.string(), v.regex(/^[^\p{Cc}\p{Cs}]{1,255}$/u)), 50),
  used: YesOrNo,
  missingAlt: YesOrNo,
  from: Day,
  to: Day,
  minSize: Size,
  maxSize: Size,
  trashed: YesOrNo,
  order: v.fallback(v.optional(v.picklist(TRASH_ORDER_FIELDS)), undefined),
  dir: v.fallback(v.optional(v.picklist(['ASC', 'DESC'])), undefined),
  view: v.fallback(v.optional(v.picklist(LAYOUTS)), undefined),
});
export type View = v.InferOutput<typeof ViewParameters>;

const LISTS = new Set(['type', 'tag', 'by']);
const NAMES = Object.keys(ViewParameters.entries);

/** Parameters that cannot be understood count as absent. */
export function readView(parameters: URLSearchParams): View {
  const values = NAMES.map((name) => [
    name,
    LISTS.has(name) ? parameters.getAll(name) : (parameters.get(name) ?? undefined),
  ]);
  return v.parse(ViewParameters, Object.fromEntries(values));
}

/** Keeps the parameters that do not belong to the view. */
export function writeView(parameters: URLSearchParams, change: Partial<View>): URLSearchParams {
  const written = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(change)) {
    written.delete(name);
    if (Array.isArray(value)) for (const one of value) written.append(name, one);
    else if (value !== undefined && value !== '') written.set(name, String(value));
  }
  return written;
}

/** The values without a filter. The folder, the order and the layout stay. */
export const NO_FILTERS: Partial<View> = {
  q: undefined,
  type: [],
  tag: [],
  by: [],
  used: undefined,
  missingAlt: undefined,
  from: undefined,
  to: undefined,
  minSize: undefined,
  maxSize: undefined,
};

/** What can be removed one by one. */
export type FilterName = 'type' | 'tag' | 'by' | 'used' | 'missingAlt' | 'added' | 'size';

export const isFiltered = (view: View): boolean =>
  view.q !== undefined || activeFilters(view).length > 0;

export function activeFilters(view: View): FilterName[] {
  const active: Record<FilterName, boolean> = {
    type: view.type.length > 0,
    tag: view.tag.length > 0,
    by: view.by.length > 0,
    used: view.used !== undefined,
    missingAlt: view.missingAlt !== undefined,
    added: view.from !== undefined || view.to !== undefined,
    size: view.minSize !== undefined || view.maxSize !== undefined,
  };
  const names: FilterName[] = ['type', 'tag', 'by', 'used', 'missingAlt', 'added', 'size'];
  return names.filter((name) => active[name]);
}

export function filterOf(view: View, mediaTypes: readonly MediaType[] = []): MediaLibraryFilter {
  const { folder, q, type, tag, by, used, missingAlt, from, to, minSize, maxSize, trashed } = view;
  return {
    mediaType: typesOf(type, mediaTypes),
    tags: tag,
    createdBy: by,
    trashed: trashed ?? false,
    ...(folder && { folderTree: folder }),
    ...(q && { search: withinLimits(q) }),
    ...(used !== undefined && { used }),
    ...(missingAlt !== undefined && { missingAltText: missingAlt }),
    ...((from ?? to) && {
      createdAt: { from: from ? startOf(from) : null, to: to ? endOf(to) : null },
    }),
    ...((minSize ?? maxSize) !== undefined && {
      fileSize: { min: minSize ?? null, max: maxSize ?? null },
    }),
  };
}

/** Whether files that were moved there are no longer in the view. */
export function isLeft({ folder, tag, trashed = false }: View, place: Place): boolean {
  if (place === null) return true;
  if ('withoutTags' in place) return tag.some((one) => place.withoutTags.includes(one));
  if ('trashed' in place) return place.trashed !== trashed;
  return folder !== undefined && !isInside(place.folder, folder);
}

/** The types that were chosen, within those that are offered. */
function typesOf(chosen: readonly MediaType[], offered: readonly MediaType[]): MediaType[] {
  if (offered.length === 0) return [...chosen];
  const both = chosen.filter((type) => offered.includes(type));
  return both.length > 0 ? both : [...offered];
}

/** The graph accepts 10 words. */
const withinLimits = (search: string) => search.split(/\s+/).slice(0, 10).join(' ');

const startOf = (day: string) => new Date(`${day}T00:00:00`).toISOString();
const endOf = (day: string) => new Date(`${day}T23:59:59.999`).toISOString();

export const orderFieldsOf = ({ trashed }: View): readonly MediaLibraryOrderField[] =>
  trashed ? TRASH_ORDER_FIELDS : ORDER_FIELDS;

/** An order that the view does not offer counts as absent. */
export function orderOf(view: View): Required<MediaLibraryOrder> {
  const usual = view.trashed ? 'TRASHED_AT' : 'CREATED_AT';
  const field = orderFieldsOf(view).find((one) => one === view.order) ?? usual;
  return { field, direction: view.dir ?? usualDirection(field) };
}

/** The same order in the other direction. */
export function reversed(view: View): Partial<View> {
  const { field, direction } = orderOf(view);
  return { order: field, dir: direction === 'ASC' ? 'DESC' : 'ASC' };
}

/** What people expect first: the newest, the largest, the most used; and names from A. */
export const usualDirection = (field: MediaLibraryOrderField) =>
  field === 'ORIGINAL_FILENAME' ? 'ASC' : 'DESC';
