import { parseArgs } from 'node:util';
import { mintClientToken } from '@federated-media/stack/client-token';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { dataDirOf } from '@federated-media/stack/project';

const usage = `pnpm dev:token --store <store> --scope "<scope> <scope> …"   prints a token for the gateway

  --scope     media:read media:write media:delete media:admin
              catalog:read catalog:write gallery:read gallery:write blog:read blog:write
  --subject   the subject of the token; default "developer"
  --hours     hours until it expires, up to 24; default 12

Send it as a header:  Authorization: Bearer <token>`;

await runCommandLine(usage, async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      store: { type: 'string' },
      scope: { type: 'string' },
      subject: { type: 'string', default: 'developer' },
      hours: { type: 'string', default: '12' },
    },
  });
  const { store, scope, subject } = values;
  if (store === undefined) throw new UsageError('Missing --store, for example --store demo.');
  if (!scope?.trim()) throw new UsageError('Missing --scope, for example --scope "media:read".');
  const hours = Number(values.hours);
  if (!(hours > 0 && hours <= 24))
    throw new UsageError('--hours must be a number up to 24: the gateway rejects older tokens.');

  const { env } = process;
  return mintClientToken(
    {
      storeId: store,
      scope: scope.trim().replaceAll(/[\s,]+/g, ' '),
      subject,
      lifeSeconds: Math.round(hours * 3600),
    },
    { env, dataDir: dataDirOf(env) },
  );
});
