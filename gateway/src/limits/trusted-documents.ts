import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '@federated-media/subgraph-kit/settings';
import { parse } from 'graphql';
import { z } from 'zod';

/** Texts by their ids; each also by the one that `documentIdOf` gives it. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** SHA-256 of the text, in hexadecimal digits, as automatic persisted queries have it. */
export const documentIdOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex');

const Manifest = z.record(z.string().min(1), z.string(), {
  error: 'must be { "<id>": "<document>" }',
});

/**
 * Reads what was recorded: a folder of `*.graphql` files, each a document of one or more named operations,
 * or a JSON file `{ "<id>": "<document>" }`.
 * @throws SettingsError naming every document that `check` refuses or that is no GraphQL
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
  /** What people know it by. */
  name: string;
  id?: string;
  text: string;
}

async function readRecorded(path: string): Promise<Recorded[]> {
  if (!(await stat(path)).isDirectory()) {
    const manifest = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
    return Object.entries(manifest).map(([id, text]) => ({ name: id, id, text }));
  }
  const names = await readdir(path, { recursive: true });
  return Promise.all(
    names
      .filter((name) => name.endsWith('.graphql'))
      .toSorted()
      .map(async (name) => ({ name, text: await readFile(join(path, name), 'utf8') })),
  );
}

function reasonIn(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues[0]?.message ?? 'cannot be read';
  return error instanceof Error ? error.message : 'cannot be read';
}
