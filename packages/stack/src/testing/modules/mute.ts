// A module that starts and never gets ready.
process.on('disconnect', () => process.exit(0));
setInterval(() => {}, 1_000);
