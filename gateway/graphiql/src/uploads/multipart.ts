import { EACH, type UploadSlot } from './slots.ts';

export interface FilledSlot {
  readonly slot: UploadSlot;
  readonly files: readonly File[];
}

interface Operation {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: unknown;
}

/** A GraphQL multipart request: https://github.com/jaydenseric/graphql-multipart-request-spec. */
export function multipartOf(operation: Operation, filled: readonly FilledSlot[]): FormData {
  const placed = filled.flatMap(placesOf);
  const variables = placed.reduce<unknown>(
    (all, { path }) => withNullAt(all, path),
    operation.variables,
  );

  const form = new FormData();
  form.set('operations', JSON.stringify({ ...operation, variables }));
  const map = placed.map(({ path }, index) => [index, [['variables', ...path].join('.')]]);
  form.set('map', JSON.stringify(Object.fromEntries(map)));
  for (const [index, { file }] of placed.entries()) form.set(String(index), file);
  return form;
}

/** Files fill the innermost list, from its start. A list around it has one entry. */
function placesOf({ slot: { path }, files }: FilledSlot) {
  const innermost = path.lastIndexOf(EACH);
  return files.map((file, nth) => ({
    file,
    path: path.map((key, at) => {
      if (key !== EACH) return key;
      return at === innermost ? nth : 0;
    }),
  }));
}

/** `value` with null at `path`, and with the objects and lists that lead there. */
function withNullAt(value: unknown, path: readonly (string | number)[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (typeof key === 'string') {
    const fields = isObject(value) ? value : {};
    return { ...fields, [key]: withNullAt(fields[key], rest) };
  }
  const items: unknown[] = Array.isArray(value) ? Array.from<unknown>(value) : [];
  items[key] = withNullAt(items[key], rest);
  return items;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
