// A module that starts and never becomes ready.
process.on('disconnect', () => process.exit(0));
setInterval(() => {}, 1_000);
