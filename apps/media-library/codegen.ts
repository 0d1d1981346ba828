import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of the operations in `src`, which it checks against the schema that clients see. */
export default {
  schema: '../../schema.graphql',
  documents: 'src/**/*.{ts,tsx}',
  importExtension: '.ts',
  errorsOnly: true,
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          DateTime: 'string',
          Locale: 'string',
          SafeInt: 'number',
          Upload: 'File',
          URL: 'string',
        },
      },
    },
  },
} satisfies CodegenConfig;
