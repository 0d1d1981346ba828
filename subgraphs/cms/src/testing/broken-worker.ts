/** A worker that never starts. */
process.exit(3);
