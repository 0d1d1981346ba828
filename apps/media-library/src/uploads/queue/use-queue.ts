import { useSyncExternalStore } from 'react';
import type { Session } from '../../session/session.ts';
import { useSession } from '../../session/use-session.ts';
import { type Queue, createQueue } from './queue.ts';

const queues = new WeakMap<Session, Queue>();

/** One queue for each session. */
export function useQueue(): Queue {
  const session = useSession();
  const queue = queues.get(session) ?? createQueue(session);
  queues.set(session, queue);
  return queue;
}

export const useQueueState = (queue: Queue) => useSyncExternalStore(queue.subscribe, queue.state);
