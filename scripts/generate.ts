import { runCommandLine } from '@federated-media/stack/command-line';
import { generate } from '@federated-media/stack/stack/generate';

const usage = `pnpm generate   generates types from SDL and of the storefront's queries, Prisma clients and the GraphiQL page if they are missing or out of date`;

await runCommandLine(usage, async () => {
  await generate();
  return '';
});
