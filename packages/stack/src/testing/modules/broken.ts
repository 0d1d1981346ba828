// A module that cannot start and prints the reason.
process.stderr.write('CMS_DATABASE_URL: must be set\n', () => process.exit(3));
