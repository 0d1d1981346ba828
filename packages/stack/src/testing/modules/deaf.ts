// A module that ignores SIGTERM.
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready', url: 'http://127.0.0.1:1' });
setInterval(() => {}, 1_000);
