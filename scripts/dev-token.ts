import { parseArgs } from 'node:util';
import { mintClientToken } from '@federated-media/stack/client-token';
import { runCommandLine, UsageError } from '@federated-media/stack/command-line';
import { readSdl } from '@federated-media/stack/composition';
import { dataDirOf } from '@federated-media/stack/project';
import { withoutEmpty } from '@federated-media/stack/stack/environment';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { parse } from 'graphql';
import { checkToken } from '../gateway/src/token-check.ts';
import { scopesByField } from './compose/changes/scopes.ts';

/** The largest AUTH_TOKEN_MAX_AGE_SECONDS. */
const MOST_HOURS = 31 * 24;

const usage = `pnpm dev:token --store <store> --scope "<scope> <scope> …"   prints a token for the gateway

  --scope     media:read media:write media:delete media:admin
              catalog:read catalog:write gallery:read gallery:write blog:read blog:write
              or roles of AUTH_SCOPE_MAP
  --subject   the subject of the token; default "developer"
  --hours     hours until it expires; default 12. The gateway accepts a token for 24 hours, or for
              AUTH_TOKEN_MAX_AGE_SECONDS

A token that the gateway would reject, with the settings in the environment, is not printed.
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
  const scopes = (scope ?? '').split(/[\s,]+/).filter(Boolean);
  if (scopes.length === 0)
    throw new UsageError('Missing --scope, for example --scope "media:read".');
  const lifeSeconds = Math.round(Number(values.hours) * 3600);
  if (!(lifeSeconds > 0 && lifeSeconds <= MOST_HOURS * 3600))
    throw new UsageError(
      `--hours must be a number above 0, at most ${MOST_HOURS}, not "${values.hours}".`,
    );

  const dataDir = dataDirOf(process.env);
  const env = { ...withoutEmpty(process.env), DATA_DIR: dataDir };
  const token = await mintClientToken(
    { storeId: store, scope: scopes.join(' '), subject, lifeSeconds },
    { env, dataDir },
  );

  const expiresAt = new Date(Date.now() + lifeSeconds * 1000);
  const { caller, isRole } = await checkToken(token, { env, expiresAt });
  if (caller.storeId !== store)
    throw new Error(`The gateway reads the store ${quoted([caller.storeId])} from this token.`);
  const ignored = scopes.filter((value) => !caller.scopes.has(value) && !isRole(value));
  if (ignored.length > 0) throw new Error(`The gateway ignores the scope ${quoted(ignored)}.`);
  await expectKnown([...caller.scopes]);
  return token;
});

/** `*` is for the caller in development. */
async function expectKnown(scopes: readonly string[]): Promise<void> {
  const sdls = await Promise.all(allSubgraphs.map(({ name }) => readSdl(name)));
  const byField = sdls.flatMap((sdl) => [...scopesByField(parse(sdl)).values()]);
  const known = new Set(byField.flatMap((some) => [...some]).toSorted());
  const unknown = scopes.filter((value) => value !== '*' && !known.has(value));
  if (unknown.length === 0) return;
  throw new Error(
    `Unknown scope ${quoted(unknown)}: no field requires it. Known scopes: ${[...known].join(' ')}`,
  );
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
