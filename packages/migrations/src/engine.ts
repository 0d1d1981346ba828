import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool } from 'pg';
import { withWholeScripts } from './adapter.ts';
import type { PrismaFolder } from './folder.ts';

/** Prisma's own migration engine, on one database. */
export type SchemaEngine = bindings.SchemaEngine;

export const noFilters = { externalTables: [], externalEnums: [] };

let loaded: Promise<void> | undefined;

/**
 * Runs `work` with the engine of `prisma migrate`, which the package registry contains as WebAssembly: no binary is
 * downloaded. It is loaded once per process. `scriptError` returns why the last script failed, which the engine does
 * not report.
 */
export async function withEngine<Result>(
  { url, folder }: { url: string; folder: PrismaFolder },
  work: (engine: SchemaEngine, scriptError: () => Error | undefined) => Promise<Result>,
): Promise<Result> {
  let scriptError: Error | undefined;
  await (loaded ??= load());
  const pool = new Pool({
    connectionString: url,
    max: 4,
    // Those of the role are for requests. An index of a large table takes minutes.
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  });
  pool.on('error', () => {}); // the next statement reports a broken connection
  const adapter = new PrismaPg(pool);
  const onError = (error: Error) => (scriptError = error);
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: adapter.adapterName,
    connect: async () => withWholeScripts(await adapter.connect(), { pool, onError }),
    connectToShadowDb: () => Promise.reject(new Error('A scratch database is used instead.')),
  };
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: folder.schemas.map(({ path, content }) => [path, content]) },
      () => {},
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    try {
      return await work(engine, () => scriptError);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

async function load(): Promise<void> {
  const module = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  const bytes = await readFile(join(dirname(module), 'schema_engine_bg.wasm'));
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (message: string) => process.stderr.write(`Prisma's engine: ${message}\n`),
    },
  });
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': withUnreferencedTimers(bindings),
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports['__wbindgen_start']?.();
}

/** The engine never clears its timers of ten seconds. Without `unref` they would keep a finished process running. */
const withUnreferencedTimers = (imports: object) =>
  Object.fromEntries(
    Object.entries(imports).map(([name, binding]: [string, unknown]) => [
      name,
      name.startsWith('__wbg_setTimeout_') ? startIdleTimer : binding,
    ]),
  );
const startIdleTimer = (callback: () => void, delayMs: number) =>
  setTimeout(callback, delayMs).unref();
