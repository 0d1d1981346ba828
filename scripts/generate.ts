import { runCommandLine } from '@federated-media/stack/command-line';
import { generate } from '@federated-media/stack/stack/generate';

const usage = `pnpm generate   types from SDL, Prisma clients, GraphiQL's page: what is missing or out of date`;

await runCommandLine(usage, async () => {
  await generate();
  return '';
});
