import { fileURLToPath } from 'node:url';

// Generating the client needs no engine, but Prisma looks for its binary, which the registry does not
// have. Any file that exists will do; `pnpm db` migrates without it.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(import.meta.url);

const inThisFolder = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default {
  schema: inThisFolder('.'),
  migrations: { path: inThisFolder('migrations') },
};
