// A module that can't start and says why.
process.stderr.write('CMS_DATABASE_URL: must be set\n', () => process.exit(3));
