/** Types of requests to the CMS and of its responses, from the CMS's SDL: an invalid request does not compile. */
export default {
  schema: '../../subgraphs/cms/src/**/*.graphql',
  documents: 'src/cms/*.graphql',
  importExtension: '.ts' as const,
  errorsOnly: true,
  generates: {
    'src/generated/cms.ts': {
      plugins: ['typescript-operations'],
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          _FieldSet: 'string',
          DateTime: 'string',
          Locale: 'string',
          SafeInt: 'number',
          Upload: 'never',
          URL: 'string',
        },
      },
    },
  },
};
