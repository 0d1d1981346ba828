import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOf } from '@federated-media/stack/composition/definitions';
import { messageOf } from '@federated-media/subgraph-kit/error-code';
import {
  GraphQLError,
  Kind,
  NoDeprecatedCustomRule,
  parse,
  Source,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { Finding } from './finding.ts';

export interface OperationFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** The documents that clients send, in the order of their names. */
export async function readOperations(root: string): Promise<OperationFile[]> {
  const names = await Array.fromAsync(glob('**/*.graphql', { cwd: join(root, 'operations') }));
  return Promise.all(
    names.toSorted().map(async (name) => ({
      path: `operations/${name}`,
      text: await readFile(join(root, 'operations', name), 'utf8'),
    })),
  );
}

/** What in `files` the graph no longer answers; or soon won't, as a warning. */
export function checkOperations(files: readonly OperationFile[], schema: GraphQLSchema): Finding[] {
  const fileOf = new Map<string, string>();
  return files.flatMap(({ path, text }) => {
    let document: DocumentNode;
    try {
      document = parse(new Source(text, path));
    } catch (error) {
      return [finding(error, { code: 'UNREADABLE_OPERATION', path })];
    }
    return [
      ...misnamed(document, { path, fileOf }),
      ...validate(schema, document).map((error) =>
        finding(error, { code: 'INVALID_OPERATION', path }),
      ),
      ...validate(schema, document, [NoDeprecatedCustomRule]).map((error) => ({
        ...finding(error, { code: 'DEPRECATED_IN_USE', path }),
        severity: 'warning' as const,
        fix: null,
      })),
    ];
  });
}

interface Naming {
  readonly path: string;
  /** Where each name was seen first. */
  readonly fileOf: Map<string, string>;
}

/** Logs and reports know operations by name. */
function misnamed(document: DocumentNode, { path, fileOf }: Naming): Finding[] {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operations.length === 0) {
    const message = 'There is no operation in this file.';
    return [finding(new Error(message), { code: 'NO_OPERATION', path })];
  }
  return operations.flatMap((operation) => {
    const name = operation.name?.value;
    const other = name === undefined ? undefined : fileOf.get(name);
    if (name !== undefined && (other === undefined || other === path)) {
      fileOf.set(name, path);
      return [];
    }
    const message =
      name === undefined ? 'It has no name.' : `${name} is the name of one in ${other}.`;
    return [
      finding(new GraphQLError(message, { nodes: operation }), { code: 'OPERATION_NAME', path }),
    ];
  });
}

function finding(error: unknown, { code, path }: { code: string; path: string }): Finding {
  const isGraphql = error instanceof GraphQLError;
  const node = isGraphql ? error.nodes?.[0] : undefined;
  const line = isGraphql ? error.locations?.[0]?.line : undefined;
  return {
    severity: 'error',
    about: 'operation',
    code,
    coordinate: null,
    message: messageOf(error),
    places: [(node && placeOf(node)) ?? { file: path, line: line ?? 1 }],
    fix: FIXES[code] ?? null,
  };
}

const FIXES: Readonly<Record<string, string>> = {
  INVALID_OPERATION:
    'Clients send this: keep what it asks for, or, once none of them sends it any more, change or remove the file.',
  OPERATION_NAME: 'Give every operation a name of its own.',
};
