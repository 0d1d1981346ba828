import { MultipartError } from './errors.ts';
import type { Upload } from './upload.ts';

/** A GraphQL request as JSON: `query`, `variables`, `operationName`, `extensions`. */
export type GraphQLOperationBody = Record<string, unknown>;

/** Where a file goes: `variables.input.0.file` is `['variables', 'input', 0, 'file']`. */
export type UploadPath = readonly (string | number)[];

const KEY = /^[A-Za-z0-9_.-]{1,100}$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

/** The `operations` field. @throws MultipartError for anything but one operation: batches are refused */
export function parseOperations(text: string): GraphQLOperationBody {
  const operations = parseJson('operations', text);
  if (Array.isArray(operations))
    throw bad('Batched operations are not supported. Send one operation.');
  if (!isRecord(operations)) throw bad('"operations" must be a JSON object.');
  return operations;
}

/**
 * The `map` field: part name to the one path its file goes to.
 * @throws MultipartError for odd names and paths, for a path named twice and for a file with several paths
 */
export function parseMap(text: string): ReadonlyMap<string, UploadPath> {
  const map = parseJson('map', text);
  if (!isRecord(map)) throw bad('"map" must be a JSON object.');

  const paths = new Map<string, UploadPath>();
  const seen = new Set<string>();
  for (const [key, targets] of Object.entries(map)) {
    if (!KEY.test(key) || key.startsWith('__')) throw bad('"map" has an invalid key.');
    const path = onlyPath(key, targets);
    if (seen.has(path)) throw bad(`"map" lists the path "${path}" twice.`);
    seen.add(path);
    paths.set(key, parsePath(path));
  }
  return paths;
}

function onlyPath(key: string, targets: unknown): string {
  if (!Array.isArray(targets)) throw bad(`"map" must list the path of file "${key}".`);
  if (targets.length > 1) {
    throw bad(`File "${key}" is used ${targets.length} times. Send it once for each use.`);
  }
  const path: unknown = targets[0];
  if (typeof path !== 'string') throw bad(`"map" must list the path of file "${key}".`);
  return path;
}

function parsePath(path: string): UploadPath {
  const [root, ...steps] = path.split('.');
  if (root !== 'variables' || steps.length === 0) {
    throw bad('A path in "map" must start with "variables.".');
  }
  return [root, ...steps.map(parseStep)];
}

function parseStep(step: string): string | number {
  if (INDEX.test(step)) return Number(step);
  if (NAME.test(step) && !step.startsWith('__')) return step;
  throw bad('A path in "map" has a part that is neither a name nor an index.');
}

/**
 * Puts `upload` where `path` points, which must hold null. Only own properties of plain objects and
 * arrays are followed: `variables.toString.call` would otherwise replace a built-in of the whole process.
 */
export function placeUpload(operations: GraphQLOperationBody, path: UploadPath, upload: Upload) {
  const last = path.at(-1);
  let holder: unknown = operations;
  for (const step of path.slice(0, -1)) holder = ownValue(holder, step);
  if (last === undefined || ownValue(holder, last) !== null) {
    throw bad(`"operations" must contain null at "${path.join('.')}".`);
  }
  if (Array.isArray(holder)) holder.splice(Number(last), 1, upload);
  else if (isRecord(holder)) holder[last] = upload;
}

function ownValue(holder: unknown, step: string | number): unknown {
  if (Array.isArray(holder)) return typeof step === 'number' ? holder[step] : undefined;
  if (!isRecord(holder) || typeof step === 'number') return undefined;
  return Object.hasOwn(holder, step) ? holder[step] : undefined;
}

function parseJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MultipartError(400, `"${field}" is not valid JSON.`, { cause });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const bad = (message: string) => new MultipartError(400, message);
