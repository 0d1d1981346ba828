import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { DatabaseError, type Pool } from 'pg';
import { messageOf } from '@federated-media/subgraph-kit/error-code';

/** What the engine reads from PostgreSQL's catalog as one character, a type the adapter does not know. */
const oneCharacterColumns = new Set(['constraint_type', 'confdeltype', 'confupdtype']);

/**
 * @prisma/adapter-pg as the migration engine needs it. By itself it cuts scripts at every semicolon,
 * those inside functions, strings and comments too, and can't describe a database: it knows nothing of
 * the type "char", nor of the not-null constraints PostgreSQL 18 lists in its catalog.
 *
 * A script is sent whole, so PostgreSQL runs it as one transaction unless it says otherwise itself.
 */
export function withWholeScripts(
  adapter: SqlDriverAdapter,
  { pool, onError }: { pool: Pool; onError: (error: Error) => void },
): SqlDriverAdapter {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: async (query) => withCharacters(await adapter.queryRaw(withReadableCatalog(query))),
    executeRaw: (query) => adapter.executeRaw(query),
    executeScript: (script) => runScript(script, { pool, onError }),
    startTransaction: (isolation) => adapter.startTransaction(isolation),
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: () => adapter.dispose(),
  };
}

async function runScript(
  script: string,
  { pool, onError }: { pool: Pool; onError: (error: Error) => void },
): Promise<void> {
  try {
    await pool.query(script);
  } catch (error) {
    onError(new Error(`${messageOf(error)}${lineOf(error, script)}`, { cause: error }));
    throw error;
  }
}

/** PostgreSQL counts characters from 1. */
function lineOf(error: unknown, script: string): string {
  if (!(error instanceof DatabaseError) || error.position === undefined) return '';
  const before = [...script].slice(0, Number(error.position)).join('');
  return ` (line ${before.split('\n').length})`;
}

function withReadableCatalog(query: SqlQuery): SqlQuery {
  const sql = query.sql
    .replace(/\b(constr\.contype|con\.confdeltype|con\.confupdtype)(?=,| AS)/g, '$1::text')
    .replace("contype NOT IN ('p', 'u', 'f')", "contype NOT IN ('p', 'u', 'f', 'n')");
  return { ...query, sql };
}

function withCharacters(result: SqlResultSet): SqlResultSet {
  const columnTypes = result.columnTypes.map((type, index) =>
    oneCharacterColumns.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
