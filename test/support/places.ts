import type { Answer, Endpoint } from './endpoint.ts';
import type { FilledStore } from './filled-store.ts';
import {
  type AskedField,
  type Position,
  entitiesOf,
  fieldsWithArguments,
  operationFor,
  positionsOf,
  rootFields,
} from './operations.ts';

/** A position in which an endpoint accepts a value that may belong to another store. */
export interface Place extends AskedField {
  readonly endpoint: Endpoint;
  readonly position: Position;
  /** The name in messages: `cms: mediaFile(id)`. */
  readonly title: string;
}

export const isId = ({ type }: Position) => type.name === 'ID';
export const isCursor = ({ path }: Position) => /(?:^|\.)(?:after|before)$/.test(path);
export const isText = (position: Position) =>
  position.type.name === 'String' && !isCursor(position);

/**
 * All positions in the queries, mutations and entity fields of `endpoint`; `store` has one of each entity. The
 * gateway reaches entity fields only through other fields, so that the subgraphs are called directly.
 */
export function placesOf(
  endpoint: Endpoint,
  { isWanted, store }: { isWanted: (position: Position) => boolean; store: FilledStore },
): Place[] {
  const fields = [
    ...rootFields(endpoint.schema),
    ...(endpoint.name === 'gateway' ? [] : fieldsOfEntities(endpoint, { isWanted, store })),
  ];
  return fields.flatMap((one) =>
    positionsOf(one.field)
      .filter(isWanted)
      .map((position) => {
        const name = one.of ? `${one.of.type}.${one.field.name}` : one.field.name;
        return { ...one, endpoint, position, title: `${endpoint.name}: ${name}(${position.path})` };
      }),
  );
}

function fieldsOfEntities(
  { name, schema }: Endpoint,
  { isWanted, store }: Parameters<typeof placesOf>[1],
): AskedField[] {
  const entities = new Set(entitiesOf(schema));
  return fieldsWithArguments(schema)
    .filter(({ field }) => positionsOf(field).some(isWanted))
    .map(({ type, field }) => {
      if (entities.has(type)) return { kind: 'query', field, of: { type, id: idOf(store, type) } };
      throw new Error(
        `${name}: ${type}.${field.name} is no entity’s: teach placesOf to ask for it.`,
      );
    });
}

export const allIds = ({ ids }: FilledStore) => [...ids.values()].flat();

export function idOf(store: FilledStore, kind: string): string {
  const [id] = store.ids.get(kind) ?? [];
  if (id === undefined) throw new Error(`${store.storeId} has no ${kind}: add one to fillStore.`);
  return id;
}

const VERB = /^(?:update|delete|restore|purge|replace|complete|reorder|set)(?=[A-Z])/;

/** The type that an id refers to: from its name or, for `id`, from its field. */
export function kindOf(
  { field }: AskedField,
  { path, store }: { path: string; store: FilledStore },
): string {
  const name = path.split('.').at(-1) ?? '';
  const word = /^ids?$/.test(name)
    ? field.name.replace(VERB, '')
    : name.replace(/Ids?$/, '').replace(/^uses(?=[A-Z])/, '');
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  const kinds = [...store.ids.keys(), 'Media'].toSorted((one, other) => other.length - one.length);
  const kind =
    kinds.find((known) => capital.startsWith(known)) ??
    kinds.find((known) => known.endsWith(capital));
  if (!kind) throw new Error(`${field.name}(${path}): of what kind is this id? Teach kindOf.`);
  return kind === 'Media' ? 'MediaFile' : kind;
}

/** Other arguments that some ids require, without which they would be rejected unseen. */
const COMPANIONS: Readonly<Record<string, readonly [string, string]>> = {
  variantId: ['usageType', 'VARIANT'],
};

function companionsOf(path: string): [string, string][] {
  const above = path.split('.').slice(0, -1);
  const companion = COMPANIONS[path.split('.').at(-1) ?? ''];
  return companion ? [[[...above, companion[0]].join('.'), companion[1]]] : [];
}

/** Sends a request as `store`, with `value` in its position and own ids in all others. */
export function askWith(
  place: Place,
  { store, value }: { store: FilledStore; value: string },
): Promise<Answer> {
  const { path } = place.position;
  const given = new Map([[path, value], ...companionsOf(path)]);
  const operation = operationFor(place, {
    targets: [...given.keys()],
    choose: (position) => {
      const ownId = () => idOf(store, kindOf(place, { path: position.path, store }));
      return given.get(position.path) ?? (isId(position) ? ownId() : undefined);
    },
  });
  return place.endpoint.ask(store, operation);
}

/** The response as text, without the given value and values that differ each time. */
export const toldBy = (answer: Answer, value: string): string =>
  JSON.stringify(answer)
    .replaceAll(value, '<given>')
    .replaceAll(value.toLowerCase().replaceAll(/\W+/g, '-'), '<given>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<an id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<a moment>')
    .replaceAll(/made-\d+/g, '<a text>')
    .replaceAll(/"(version|url|value)":[^,}]+/g, '"$1":"<another>"');
