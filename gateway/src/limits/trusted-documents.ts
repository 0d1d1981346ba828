import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { parse } from 'graphql';
import { z } from 'zod';

/** Texts by id, and also by the id of `documentIdOf`. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** SHA-256 of the text in hexadecimal digits, as in automatic persisted queries. */
export const documentIdOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex');

/** What GraphQL Code Generator (`persistedDocuments`) and Relay (`persistConfig`) write. */
const DocumentsById = z.record(z.string().min(1), z.string(), {
  error: 'must be { "<id>": "<document>" }',
});

/** What `@apollo/generate-persisted-query-manifest` writes. */
const APOLLO_FORMAT = 'apollo-persisted-query-manifest';
const ApolloManifest = z.object({
  format: z.literal(APOLLO_FORMAT),
  version: z.literal(1, { error: `a manifest of format "${APOLLO_FORMAT}" must have version 1` }),
  operations: z.array(z.object({ id: z.string().min(1), name: z.string(), body: z.string() })),
});

/**
 * Reads recorded documents: a folder of `*.graphql` files, each a document of one or more named operations, or a JSON
 * manifest of Apollo Client, GraphQL Code Generator or Relay.
 * @throws SettingsError with every document that `check` rejects or that is not valid GraphQL
 */
export async function loadTrustedDocuments(
  path: string,
  check: (text: string) => void,
): Promise<TrustedDocuments> {
  const recorded = await readRecorded(path).catch((cause: unknown) => {
    throw new SettingsError([`TRUSTED_DOCUMENTS: ${reasonIn(cause)}`]);
  });
  const problems = recorded.flatMap(({ name, text }) => {
    try {
      check(text);
      parse(text);
      return [];
    } catch (error) {
      return [`TRUSTED_DOCUMENTS: ${name}: ${reasonIn(error)}`];
    }
  });
  if (recorded.length === 0) problems.push(`TRUSTED_DOCUMENTS: ${path} contains no documents`);
  if (problems.length > 0) throw new SettingsError(problems);
  return new Map(
    recorded.flatMap(({ id, text }) => [
      [documentIdOf(text), text],
      ...(id === undefined ? [] : [[id, text] as const]),
    ]),
  );
}

interface Recorded {
  /** For messages. */
  name: string;
  id?: string;
  text: string;
}

async function readRecorded(path: string): Promise<Recorded[]> {
  if (!(await stat(path)).isDirectory()) {
    return readManifest(JSON.parse(await readFile(path, 'utf8')));
  }
  const names = await readdir(path, { recursive: true });
  return Promise.all(
    names
      .filter((name) => name.endsWith('.graphql'))
      .toSorted()
      .map(async (name) => ({ name, text: await readFile(join(path, name), 'utf8') })),
  );
}

function readManifest(manifest: unknown): Recorded[] {
  if (z.object({ format: z.literal(APOLLO_FORMAT) }).safeParse(manifest).success) {
    const { operations } = ApolloManifest.parse(manifest);
    return operations.map(({ id, name, body }) => ({ name, id, text: body }));
  }
  const documents = DocumentsById.parse(manifest);
  return Object.entries(documents).map(([id, text]) => ({ name: id, id, text }));
}

function reasonIn(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues[0]?.message ?? 'cannot be read';
  return error instanceof Error ? error.message : 'cannot be read';
}
