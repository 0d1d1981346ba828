import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createRecovery } from './recovery.ts';

function setUp({
  databaseFails = false,
  recovering = async () => {},
}: { databaseFails?: boolean; recovering?: () => Promise<void> } = {}) {
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
      async recover() {
        await recovering();
        return note('recover')();
      },
    },
    stagedUploads: {
      expire: note('expire'),
      namesInProcessing: async () => new Set<string>(),
    },
    staging: { discard: async () => {}, sweep: note('sweep') },
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

test('confirms its own uploads while the recovery of others waits', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { recovery, calls } = setUp({ recovering: () => promise });
  recovery.start();
  await expect.poll(() => calls).toEqual(['heartbeat']);
  resolve();
  await recovery.stop();
  expect(calls).toEqual(['heartbeat', 'recover', 'expire', 'sweep']);
});

test('logs failures without ending the process, and continues with the next step', async () => {
  const { recovery, calls, warnings } = setUp({ databaseFails: true });
  recovery.start();
  await recovery.stop();
  expect(calls).toEqual(['heartbeat', 'recover', 'expire', 'sweep']);
  expect(warnings).toHaveLength(4);
  expect(warnings.join()).toContain('connection refused');
});

test('can be stopped without having been started', async () => {
  const { recovery, calls } = setUp();
  await recovery.stop();
  expect(calls).toEqual([]);
});
