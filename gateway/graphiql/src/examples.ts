import type { GraphiQLProps } from 'graphiql';

type Tab = NonNullable<GraphiQLProps['defaultTabs']>[number];

const products = `# Products are from the catalog,
# files from the CMS, in one graph.
# Images are shown below the result.
query Products {
  products(first: 12) {
    nodes {
      sku
      name
      mainImage {
        media {
          url(transform: { preset: "card" })
          srcSet
          placeholder
          altText
          width
          height
        }
      }
    }
  }
}
`;

const productPage = `query ProductPage($sku: String!) {
  product(sku: $sku) {
    name
    description
    variants {
      sku
      name
    }
    mediaAssociations {
      usageType
      displayOrder
      altText
      variant {
        sku
      }
      media {
        originalFilename
        mimeType
        fileSize
        altText
        url
        thumbnail: url(
          transform: { preset: "thumbnail" }
        )
        placeholder
      }
    }
  }
}
`;

const stories = `# The same images in an artwork and a post.
query Stories($first: Int!) {
  artworks(first: $first) {
    nodes {
      title
      year
      primaryMedia {
        caption
        media {
          url
          altText
        }
      }
    }
  }
  posts(first: $first) {
    nodes {
      title
      slug
      cover {
        media {
          url
        }
      }
    }
  }
}
`;

const library = `query MediaLibrary(
  $first: Int!
  $filter: MediaLibraryFilter
) {
  mediaLibrary(first: $first, filter: $filter) {
    totalCount
    nodes {
      id
      originalFilename
      folder
      tags
      visibility
      altText
      url
      download: url(download: true)
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const upload = `# Choose a file below the variables,
# or use the sample image.
# Pass the id as mediaId to
# attachMediaToProduct to use it.
mutation Upload(
  $file: Upload!
  $details: MediaDetailsInput
) {
  uploadMedia(
    input: {
      file: $file
      details: $details
      # REUSE returns a file with the
      # same bytes and ignores details.
      onDuplicate: ALLOW
    }
  ) {
    mediaFile {
      id
      originalFilename
      mimeType
      width
      height
      altText
      url
      placeholder
    }
    reused
    userErrors {
      code
      message
      field
    }
  }
}
`;

const example = (query: string, variables: Record<string, unknown>): Tab => ({
  query,
  variables: JSON.stringify(variables, null, 2),
});

/** The tabs that a new visitor sees. They run unchanged and return data of the demo store. */
export const exampleTabs: Tab[] = [
  // GraphiQL ignores the variables of the first tab.
  { query: products },
  example(productPage, { sku: 'LAMP-01' }),
  example(stories, { first: 3 }),
  example(library, { first: 10, filter: { search: 'lamp' } }),
  example(upload, { details: { altText: 'The sun above the sea.', folder: 'examples' } }),
];
