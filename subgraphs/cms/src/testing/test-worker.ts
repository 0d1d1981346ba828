/** A worker that obeys commands, to test the pool. */
type Command = 'pid' | 'environment' | 'crash' | 'spin' | 'fail' | 'babble' | 'devour' | 'hurry';

const commands: Record<Command, () => unknown> = {
  pid: () => process.pid,
  environment: () => process.env,
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  spin() {
    for (;;);
  },
  hurry() {
    process.send?.({ withinMs: 100 });
    return new Promise(() => {});
  },
  fail() {
    throw new Error('as requested');
  },
  babble: () => process.send?.('anything'),
  devour: () => Array.from({ length: 8 }, () => Buffer.alloc(2 ** 28)).length,
};

async function obey(command: Command) {
  try {
    process.send?.({ result: await commands[command]() });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
}

process.on('message', ({ command }: { command: Command }) => void obey(command));
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
