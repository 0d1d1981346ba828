import { z } from 'zod';

/** Whether the databases are reached through a pooler that gives a connection to each transaction. */
export const poolerSettings = {
  DATABASE_POOLER: z
    .enum(['none', 'transaction'], { error: 'must be none or transaction' })
    .default('none'),
};

/** A PostgreSQL URL. */
export const databaseUrlSetting = () =>
  z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a PostgreSQL URL, postgres://… (`pnpm start` provides one in development)',
  });

/** How a module reaches its database. */
export interface DatabaseAccess {
  readonly url: string;
  /** Past a pooler, for what belongs to a session: notifications, locks and jobs. Without a pooler it is `url`. */
  readonly directUrl: string;
  /** Whether `url` is that of a pooler in transaction mode. */
  readonly isPooled: boolean;
}

type PoolerSettings = z.output<z.ZodObject<typeof poolerSettings>>;

/** Reports a missing direct URL, together with all other problems of `schema`. `prefix` is that of the names: `CMS`. */
export const withDirectUrl = <Schema extends z.ZodType<PoolerSettings>>(
  schema: Schema,
  prefix: string,
): Schema => {
  const [name, direct] = namesOf(prefix);
  return schema.refine(
    (given) => {
      if (given.DATABASE_POOLER !== 'transaction') return true;
      const directUrl: unknown = Reflect.get(given, direct);
      return directUrl !== undefined && directUrl !== Reflect.get(given, name);
    },
    {
      path: [direct],
      error: `must be set with DATABASE_POOLER=transaction, to the URL of the database itself, not of the pooler`,
      when: () => true,
    },
  );
};

/** The database that these settings name. */
export function databaseAccess(given: PoolerSettings, prefix: string): DatabaseAccess {
  const [name, direct] = namesOf(prefix);
  const url = String(Reflect.get(given, name));
  const isPooled = given.DATABASE_POOLER === 'transaction';
  return { url, directUrl: isPooled ? String(Reflect.get(given, direct)) : url, isPooled };
}

const namesOf = (prefix: string) =>
  [`${prefix}_DATABASE_URL`, `${prefix}_DATABASE_DIRECT_URL`] as const;
