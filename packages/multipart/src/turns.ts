/** Chunks of 64 kB at most: about a millisecond of work. */
const CHUNKS_PER_TURN = 4;

let used = 0;
let isScheduled = false;
/** What waits, by sender; the sender whose turn is next comes first. */
const waiting = new Map<string, (() => void)[]>();

/**
 * Calls `proceed` when another chunk of a body may be processed: at once, or in a later turn of the event loop; senders
 * take turns. Node reads all that has arrived on all connections before it continues: megabytes of each of many
 * uploads, while all other requests wait.
 */
export function waitForTurn(sender: string, proceed: () => void): void {
  if (!isScheduled) {
    isScheduled = true;
    setImmediate(startTurn);
  }
  if (used < CHUNKS_PER_TURN) {
    used += 1;
    proceed();
    return;
  }
  const others = waiting.get(sender);
  if (others) others.push(proceed);
  else waiting.set(sender, [proceed]);
}

function startTurn(): void {
  isScheduled = waiting.size > 0;
  if (isScheduled) setImmediate(startTurn);
  const next = takeNext();
  used = next.length;
  for (const proceed of next) proceed();
}

function takeNext(): (() => void)[] {
  const next: (() => void)[] = [];
  while (next.length < CHUNKS_PER_TURN) {
    const [first] = waiting;
    if (!first) break;
    const [sender, [proceed, ...others]] = first;
    waiting.delete(sender);
    if (others.length > 0) waiting.set(sender, others);
    if (proceed) next.push(proceed);
  }
  return next;
}
