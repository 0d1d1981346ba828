import type { Readable } from 'node:stream';
import type { FileInfo } from 'busboy';
import { MultipartError } from './errors.ts';
import { type ArrivingFile, createArrivingFile } from './incoming-file.ts';
import { type GraphQLOperationBody, parseMap, parseOperations, placeUpload } from './operations.ts';
import { Upload } from './upload.ts';

/**
 * The parts of a GraphQL multipart request in the order its spec demands: `operations`, `map`, files.
 * (https://github.com/jaydenseric/graphql-multipart-request-spec)
 * What breaks it is thrown as MultipartError.
 */
export function createForm(maxFiles: number) {
  const uploads = new Map<string, Upload>();
  const arrived = new Map<string, ArrivingFile>();
  let operations: GraphQLOperationBody | undefined;
  let mapped = false;

  function readMap(text: string) {
    if (!operations) throw bad('"operations" must come before "map".');
    if (mapped) throw bad('"map" was sent twice.');
    const paths = parseMap(text);
    if (paths.size > maxFiles) {
      throw new MultipartError(413, `At most ${maxFiles} files may be sent.`);
    }
    for (const [key, path] of paths) {
      const upload = new Upload();
      placeUpload(operations, path, upload);
      uploads.set(key, upload);
    }
    mapped = true;
  }

  return {
    addField(this: void, name: string | undefined, text: string) {
      if (name === 'map') return readMap(text);
      if (name !== 'operations') throw bad('Only "operations" and "map" may be fields.');
      if (operations) throw bad('"operations" was sent twice.');
      operations = parseOperations(text);
    },
    addFile(name: string | undefined, source: Readable, info: FileInfo) {
      if (!mapped) throw bad('Files must come after "operations" and "map".');
      const upload = name === undefined ? undefined : uploads.get(name);
      if (name === undefined || !upload) throw bad('A file arrived that "map" does not name.');
      if (arrived.has(name)) throw bad(`File "${name}" was sent twice.`);
      const arriving = createArrivingFile(name, source, info);
      arrived.set(name, arriving);
      upload.resolve(arriving.file);
    },
    /** What the form lacks now that all of it is here. */
    missing(): MultipartError | undefined {
      if (!operations) return bad('"operations" is missing.');
      if (!mapped) return bad('"map" is missing.');
      const name = uploads.keys().find((name) => !arrived.has(name));
      return name === undefined ? undefined : bad(`File "${name}" is missing.`);
    },
    /** Whether nothing is left that could fail: every file is here and was read to its end. */
    isDone(): boolean {
      return uploads.keys().every((name) => arrived.get(name)?.isRead());
    },
    /** Settles every upload that still waits and ends every file that was not read to its end. */
    fail(error: Error) {
      for (const upload of uploads.values()) upload.reject(error);
      for (const arriving of arrived.values()) arriving.fail(error);
    },
    /** What is to be run, once `operations` and `map` are here. */
    request() {
      return { operations: operations ?? {}, uploads: [...uploads.values()] };
    },
  };
}

const bad = (message: string) => new MultipartError(400, message);
