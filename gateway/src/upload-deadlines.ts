/**
 * How long an upload may make no progress: `clientMs` for a client that sends nothing, `subgraphMs` for a subgraph
 * that reads nothing or does not respond, which the subgraph applies itself, `answerMs` until the gateway stops waiting
 * for its response, `unreadMs` for an operation that does not read a file. Each is longer than the previous one, so
 * that the actual cause is reported.
 */
export const uploadDeadlines = (idleMs: number) => ({
  clientMs: idleMs,
  subgraphMs: Math.round(idleMs * 1.2),
  answerMs: Math.round(idleMs * 1.35),
  unreadMs: Math.round(idleMs * 1.7),
});
export type UploadDeadlines = ReturnType<typeof uploadDeadlines>;
