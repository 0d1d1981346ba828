/** Types of what is asked of the CMS and of its answers, from its own SDL: a question it can't answer does not compile. */
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
