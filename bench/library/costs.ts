import type { Stack } from '@federated-media/stack/stack';
import { Pool } from 'undici';
import { startChildServer } from '../child-server.ts';
import { rowOf } from '../cost.ts';
import { inTurns } from '../in-turns.ts';
import { atMost, printTable, ratio, spread } from '../table.ts';
import type { LibraryClient } from './client.ts';

const LOAD = { times: 300, atOnce: 4, rounds: 5 };
const FIRST = 50;

const kinds = [
  { name: 'the first page', words: [], limit: 5 },
  { name: 'a search with its count', words: ['lot-77'], limit: 1.5 },
];

/**
 * CPU per page in the store of `client`, with all processes counted, next to a bare server that reads the same rows
 * and answers the same bytes. Both run in turns, and each round is one ratio.
 */
export async function benchCosts(
  stack: Stack,
  { client, storeId, secret }: { client: LibraryClient; storeId: string; secret: string },
) {
  const floor = await startChildServer(new URL('floor-server.ts', import.meta.url), {
    database: stack.postgres.url('cms'),
    secret,
    storeId,
    origin: stack.urls['cms'],
  });
  const pool = new Pool(floor.url, { connections: LOAD.atOnce });
  const postgres = ['PostgreSQL', stack.postgres.pid] as const;
  const floorParts = new Map([['floor', floor.pid], postgres]);
  const parts = new Map([
    ...stack.processes.map(({ name, pid }): [string, number] => [name, pid]),
    postgres,
  ]);

  for (const { name, words, limit } of kinds) {
    const body = JSON.stringify({ first: FIRST, words });
    const askFloor = async () => {
      const answer = await pool.request({ method: 'POST', path: '/', body });
      return answer.body.text();
    };
    const search = words.length > 0 && { filter: { search: words.join(' ') }, count: true };
    const askOurs = () => client.ask({ first: FIRST, ...search });
    if ((await askFloor()) !== (await askOurs())) throw new Error('The floor answers other bytes.');

    const { floors, costs, cpuRatios } = await inTurns(LOAD, {
      floor: { roots: floorParts, ask: askFloor },
      ours: { roots: parts, ask: askOurs },
    });
    printTable(`CPU: ${name}`, [
      ['', 'CPU per page', 'pages per second', 'of these'],
      rowOf('floor', floors),
      rowOf('ours', costs),
      ['ours to the floor', spread(cpuRatios, ratio), atMost(limit, cpuRatios)],
    ]);
  }
  await pool.close();
  await floor.stop();
}
