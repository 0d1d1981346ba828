/**
 * How long an upload may stand still before somebody is blamed: first the client that sends nothing,
 * then the subgraph that takes nothing or does not answer, last the operation that leaves a file unread.
 * Each waits a little longer than the one that would otherwise be taken for it.
 */
export const uploadDeadlines = (idleMs: number) => ({
  clientMs: idleMs,
  subgraphMs: Math.round(idleMs * 1.2),
  unreadMs: Math.round(idleMs * 1.5),
});
