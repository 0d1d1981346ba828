import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { DatabaseError, type Pool } from 'pg';
import { messageOf } from '@federated-media/subgraph-kit/error-code';

/** Columns of PostgreSQL's catalog with the type "char", which the adapter does not know. */
const oneCharacterColumns = new Set(['constraint_type', 'confdeltype', 'confupdtype']);

/**
 * Adapts @prisma/adapter-pg to the migration engine. The adapter splits scripts at every semicolon, including those
 * in functions, strings and comments. It also cannot describe a database: it does not know the type "char", nor the
 * not-null constraints in the catalog of PostgreSQL 18.
 *
 * A script is sent as a whole, so that PostgreSQL runs it as one transaction unless it contains COMMIT.
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
