import { inTransaction } from '@federated-media/subgraph-kit/transaction';
import type pg from 'pg';

const KNOWN = 'SELECT fingerprint FROM secret_fingerprints';
/** Processes that start at the same time compare one after the other. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('secret fingerprints', 0))`;
const FORGET_OTHERS = 'DELETE FROM secret_fingerprints WHERE NOT fingerprint = ANY($1::text[])';
const ADD =
  'INSERT INTO secret_fingerprints (fingerprint) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING';

/** The fingerprints of the secrets that sign URLs. */
export function createSecretRepository({ pool }: { pool: pg.Pool }) {
  return {
    /**
     * Stores these fingerprints instead of the others, if one of them is stored or none is. Returns false otherwise:
     * the processes that run have other secrets.
     */
    replaceIfRelated: (fingerprints: readonly string[]): Promise<boolean> =>
      inTransaction(pool, async (client) => {
        await client.query(LOCK);
        const { rows } = await client.query<{ fingerprint: string }>(KNOWN);
        const isKnown = (one: string) => rows.some(({ fingerprint }) => fingerprint === one);
        if (rows.length > 0 && !fingerprints.some(isKnown)) return false;
        if (rows.length === fingerprints.length && fingerprints.every(isKnown)) return true;
        await client.query(FORGET_OTHERS, [fingerprints]);
        await client.query(ADD, [fingerprints]);
        return true;
      }),

    /** The next process that starts decides which secrets are right. */
    async forgetAll(): Promise<void> {
      await pool.query(FORGET_OTHERS, [[]]);
    },
  };
}
export type SecretRepository = ReturnType<typeof createSecretRepository>;
