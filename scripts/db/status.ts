import type { MigrationStatus } from '@federated-media/migrations/migrate';

export function describeStatus(status: MigrationStatus): string {
  const parts = [
    ['Pending, apply with migrate:', status.pending],
    ['In the database, but not in the folder:', status.unknown],
    ['Changed after they were applied:', status.edited],
    ['Failed and only partly applied:', status.failed],
    ['The database differs from its migrations (+ additional, - missing):', status.drift],
  ] as const;
  const said = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)].join('\n'));
  return said.length > 0 ? said.join('\n') : 'Up to date.';
}
