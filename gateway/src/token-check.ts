import { messageOf } from '@federated-media/subgraph-kit/error-code';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { createClientIdentity } from './client-identity.ts';
import { readConfig } from './config.ts';

interface CheckedToken {
  /** The caller of requests with this token. */
  readonly caller: Caller;
  /** Whether AUTH_SCOPE_MAP lists this value. */
  isRole(value: string): boolean;
}

/**
 * Reads a token as a gateway with the settings `env` does, now and at the end of its life.
 * @throws SettingsError if such a gateway does not start
 * @throws Error with the reason if it rejects the token, now or before the token expires
 */
export async function checkToken(
  token: string,
  { env, expiresAt }: { env: Parameters<typeof readConfig>[0]; expiresAt: Date },
): Promise<CheckedToken> {
  const { clientKeys: keys, ...config } = await readConfig(env);
  const logger = createLogger({ name: 'gateway', level: 'silent' });
  const read = (at?: Date) =>
    createClientIdentity({ ...config, keys, at, logger }).identify({
      authorization: `Bearer ${token}`,
    });

  const caller = await read().catch((error: unknown) => {
    throw new Error(`The gateway rejects this token. ${reasonOf(error)}`, { cause: error });
  });
  const lastSecond = new Date(expiresAt.getTime() - 1_000);
  await read(lastSecond).catch((error: unknown) => {
    const message = `The gateway rejects this token before it expires. ${reasonOf(error)}`;
    throw new Error(message, { cause: error });
  });
  return { caller, isRole: (value) => config.claims.scopeMap?.has(value) ?? false };
}

/** Clients get no reason. */
const reasonOf = (error: unknown) =>
  messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
