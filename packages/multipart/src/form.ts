import type { Readable } from 'node:stream';
import type { FileInfo } from 'busboy';
import { MultipartError } from './errors.ts';
import { type JsonLimits, excessOf } from './json-size.ts';
import { type ArrivingFile, createArrivingFile } from './incoming-file.ts';
import { type GraphQLOperationBody, parseMap, parseOperations, placeUpload } from './operations.ts';
import { type ExpectedUpload, expectUpload } from './upload.ts';

/**
 * The parts of a GraphQL multipart request in the order that its specification requires: `operations`, `map`, files
 * (https://github.com/jaydenseric/graphql-multipart-request-spec). Violations are thrown as MultipartError.
 */
export function createForm({ maxFiles, json }: { maxFiles: number; json: JsonLimits }) {
  const expected = new Map<string, ExpectedUpload>();
  const arrived = new Map<string, ArrivingFile>();
  let operations: GraphQLOperationBody | undefined;
  let mapped = false;

  function readMap(text: string) {
    if (!operations) throw bad('"operations" must come before "map".');
    if (mapped) throw bad('"map" was sent more than once.');
    const paths = parseMap(text);
    if (paths.size > maxFiles) {
      throw new MultipartError(413, `Too many files. The maximum is ${maxFiles}.`);
    }
    for (const [key, path] of paths) {
      const awaited = expectUpload();
      placeUpload(operations, path, awaited.upload);
      expected.set(key, awaited);
    }
    mapped = true;
  }

  return {
    addField(this: void, name: string | undefined, text: string) {
      const excess = excessOf(text, json);
      const hasTooManyFiles = name === 'map' && excess?.limit === 'values';
      if (excess) throw new MultipartError(hasTooManyFiles ? 413 : 400, excess.message);
      if (name === 'map') return readMap(text);
      if (name !== 'operations')
        throw bad('Unknown form field. Only "operations" and "map" are allowed.');
      if (operations) throw bad('"operations" was sent more than once.');
      operations = parseOperations(text);
    },
    addFile(name: string | undefined, source: Readable, info: FileInfo) {
      if (!mapped) throw bad('Files must come after "operations" and "map".');
      const awaited = name === undefined ? undefined : expected.get(name);
      if (name === undefined || !awaited) throw bad('A file arrived that is not listed in "map".');
      if (arrived.has(name)) throw bad(`File "${name}" was sent more than once.`);
      const arriving = createArrivingFile(name, source, info);
      arrived.set(name, arriving);
      awaited.upload.resolve(arriving.file);
    },
    /** The error for a missing part, after the whole form was parsed. */
    missing(): MultipartError | undefined {
      if (!operations) return bad('"operations" is missing.');
      if (!mapped) return bad('"map" is missing.');
      const name = expected.keys().find((name) => !arrived.has(name));
      return name === undefined ? undefined : bad(`File "${name}" is missing.`);
    },
    /** Whether nothing can fail any more: every file arrived and was read to its end. */
    isDone(): boolean {
      return expected.keys().every((name) => arrived.get(name)?.isRead());
    },
    /**
     * Whether the operation waits for a file that cannot arrive before one that it does not read: the fields of a
     * mutation run one after the other, and their files were sent in a different order.
     */
    isStuck(): boolean {
      const [name = '', last] = [...arrived].at(-1) ?? [];
      if (!last || last.isOpened() || expected.get(name)?.isAwaited()) return false;
      return expected.entries().some(([key, { isAwaited }]) => !arrived.has(key) && isAwaited());
    },
    /** Rejects every pending upload and ends every file that was not read to its end. */
    fail(error: Error) {
      for (const { upload } of expected.values()) upload.reject(error);
      for (const arriving of arrived.values()) arriving.fail(error);
    },
    /** The operation to run, after `operations` and `map` arrived. */
    request() {
      return {
        operations: operations ?? {},
        uploads: Array.from(expected.values(), ({ upload }) => upload),
      };
    },
  };
}

const bad = (message: string) => new MultipartError(400, message);
