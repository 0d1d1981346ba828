import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createRecovery } from './recovery.ts';

function setUp({ databaseFails = false } = {}) {
  const calls: string[] = [];
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) });
  const note = (name: string) => async () => {
    calls.push(name);
    if (databaseFails) throw new Error('connection refused');
    return 0;
  };
  const recovery = createRecovery({
    reservations: {
      heartbeat: async () => void (await note('heartbeat')()),
      recover: note('recover'),
    },
    stagedUploads: {
      async expire() {
        await note('expire')();
        return [];
      },
    },
    staging: {
      find: async () => null,
      reservePath: () => Promise.reject(new Error('not used')),
      receive: () => Promise.reject(new Error('not used')),
      adoptClean: () => Promise.reject(new Error('not used')),
      discard: async () => {},
      sweep: note('sweep'),
    },
    logger,
  });
  return { recovery, calls, warnings };
}

test('it vouches for its own uploads before it looks for those of the dead', async () => {
  const { recovery, calls } = setUp();
  recovery.start();
  await recovery.stop();
  expect(calls).toEqual(['heartbeat', 'recover', 'expire', 'sweep']);
});

test('a database that is away is told and does not end the process', async () => {
  const { recovery, calls, warnings } = setUp({ databaseFails: true });
  recovery.start();
  await recovery.stop();
  expect(calls).toEqual(['heartbeat']);
  expect(warnings.join()).toContain('connection refused');
});

test('one that was never started can be stopped', async () => {
  const { recovery, calls } = setUp();
  await recovery.stop();
  expect(calls).toEqual([]);
});
