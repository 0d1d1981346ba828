import { z } from 'zod';
import { messageOf } from '../error-code.ts';

const Message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('question'),
    id: z.number(),
    topic: z.string(),
    question: z.unknown(),
  }),
  z.object({ kind: z.literal('answer'), id: z.number(), answer: z.unknown() }),
  z.object({ kind: z.literal('failure'), id: z.number(), reason: z.string() }),
]);
type Message = z.infer<typeof Message>;

export type Answer = (question: unknown) => unknown;

/** Questions and answers between a process and one of its workers. Both must be JSON. */
export interface Channel {
  /** @throws Error when the other process has ended, has no answer, or does not answer within `withinMs` */
  ask(topic: string, question?: unknown, options?: { withinMs?: number }): Promise<unknown>;
  /** Processes a message of the other process. */
  receive(message: unknown): void;
  /** The other process has ended. */
  end(): void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(reason: Error): void;
}

/** `send` may fail: the other process may end at any time. */
export function createChannel({
  send,
  answers,
}: {
  send: (message: object) => void;
  /** By topic. */
  answers: Readonly<Record<string, Answer>>;
}): Channel {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let hasEnded = false;
  const post = (message: Message) => send(message);

  async function answer({ id, topic, question }: Extract<Message, { kind: 'question' }>) {
    try {
      const find = answers[topic];
      if (!find) throw new Error(`No answer to "${topic}".`);
      post({ kind: 'answer', id, answer: (await find(question)) ?? null });
    } catch (error) {
      post({ kind: 'failure', id, reason: messageOf(error) });
    }
  }

  return {
    async ask(topic, question = null, { withinMs } = {}) {
      if (hasEnded) throw new Error('The other process has ended.');
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const id = (lastId += 1);
      waiting.set(id, { resolve, reject });
      const late = () => reject(new Error(`No answer to "${topic}" within ${withinMs} ms.`));
      const timer = withinMs === undefined ? undefined : setTimeout(late, withinMs);
      post({ kind: 'question', id, topic, question });
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    receive(message) {
      const { data } = Message.safeParse(message);
      if (data?.kind === 'question') void answer(data);
      else if (data?.kind === 'answer') waiting.get(data.id)?.resolve(data.answer);
      else if (data) waiting.get(data.id)?.reject(new Error(data.reason));
    },
    end() {
      hasEnded = true;
      for (const { reject } of waiting.values()) reject(new Error('The other process has ended.'));
    },
  };
}
