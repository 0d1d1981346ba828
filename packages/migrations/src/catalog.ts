import { withClient } from './databases.ts';

/**
 * Indexes that a Prisma schema cannot express: partial, on expressions, with included columns, with nulls not
 * distinct, or with a non-default order of nulls (indoption: bit 0 descending, bit 1 nulls first; PostgreSQL's
 * pg_index).
 */
const beyondPrisma = `
  SELECT relation.relname AS name
  FROM pg_index AS index
  JOIN pg_class AS relation ON relation.oid = index.indexrelid
  WHERE relation.relnamespace = 'public'::regnamespace
    AND (
      index.indpred IS NOT NULL
      OR index.indexprs IS NOT NULL
      OR index.indnullsnotdistinct
      OR index.indnatts <> index.indnkeyatts
      OR EXISTS (SELECT FROM unnest(index.indoption) AS option WHERE option NOT IN (0, 3))
    )`;

/**
 * One line per object of the database in the notation of PostgreSQL, so that two databases can be compared. Schemas
 * of other owners (the job queue) are ignored.
 */
const structure = `
  SELECT format('column %s.%s %s%s%s', relation.relname, attribute.attname,
           format_type(attribute.atttypid, attribute.atttypmod),
           CASE WHEN attribute.attnotnull THEN ' not null' END,
           ' default ' || pg_get_expr(value.adbin, value.adrelid)) AS line
  FROM pg_attribute AS attribute
  JOIN pg_class AS relation ON relation.oid = attribute.attrelid
  LEFT JOIN pg_attrdef AS value ON value.adrelid = relation.oid AND value.adnum = attribute.attnum
  WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind IN ('r', 'p')
    AND attribute.attnum > 0 AND NOT attribute.attisdropped
  UNION ALL
  SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL
  SELECT format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
  UNION ALL
  SELECT format('%s %s', CASE relkind WHEN 'S' THEN 'sequence' ELSE 'view' END, relname) ||
           coalesce(' ' || CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END, '')
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm')
  UNION ALL
  SELECT format('enum %s (%s)', type.typname,
           (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = type.oid))
  FROM pg_type AS type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
  UNION ALL
  SELECT format('function %s', pg_get_functiondef(function.oid))
  FROM pg_proc AS function
  WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
  UNION ALL
  SELECT format('trigger %s', pg_get_triggerdef(trigger.oid))
  FROM pg_trigger AS trigger JOIN pg_class AS relation ON relation.oid = trigger.tgrelid
  WHERE relation.relnamespace = 'public'::regnamespace AND NOT trigger.tgisinternal
  UNION ALL
  SELECT format('extension %s', extname) FROM pg_extension
  ORDER BY line`;

export async function indexesBeyondPrisma(url: string): Promise<ReadonlySet<string>> {
  const rows = await withClient(url, (client) => client.query<{ name: string }>(beyondPrisma));
  return new Set(rows.rows.map(({ name }) => name));
}

export async function describeStructure(url: string): Promise<ReadonlySet<string>> {
  const rows = await withClient(url, (client) => client.query<{ line: string }>(structure));
  return new Set(
    rows.rows.map(({ line }) => line).filter((line) => !line.includes('_prisma_migrations')),
  );
}
