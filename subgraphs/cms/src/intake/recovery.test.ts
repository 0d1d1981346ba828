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
      readSanitized: () => Promise.reject(new Error('not used')),
      removeUnsanitized: async () => {},
      discard: async () => {},
      sweep: note('sweep'),
    },
    logger,
  });
  return { recovery, calls, warnings };
}

test('confirms its own uploads before it recovers others', async () => {
  const { recovery, calls } = setUp();
  recovery.start();
  await recovery.stop();
  expect(calls).toEqual(['heartbeat', 'recover', 'expire', 'sweep']);
});

test('logs a database failure without ending the process', async () => {
  const { recovery, calls, warnings } = setUp({ databaseFails: true });
  recovery.start();
  await recovery.stop();
  expect(calls).toEqual(['heartbeat']);
  expect(warnings.join()).toContain('connection refused');
});

test('can be stopped without having been started', async () => {
  const { recovery, calls } = setUp();
  await recovery.stop();
  expect(calls).toEqual([]);
});
